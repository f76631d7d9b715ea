package emulator

import (
	"encoding"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/authority"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/replica"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// The values of options. The zero value of each type is the default. String writes a value
// as flags, variables and configuration files do; UnmarshalText reads that, so that
// flag.TextVar and encoding/json take these types. A word that is none of a type's is an
// error that lists them.
var (
	_ encoding.TextUnmarshaler = (*Auth)(nil)
	_ encoding.TextUnmarshaler = (*SignIn)(nil)
	_ encoding.TextUnmarshaler = (*Issuer)(nil)
	_ encoding.TextUnmarshaler = (*Missing)(nil)
	_ encoding.TextUnmarshaler = (*Fidelity)(nil)
	_ encoding.TextUnmarshaler = (*ProxyMode)(nil)
	_ encoding.TextUnmarshaler = (*JobPace)(nil)
	_ encoding.TextUnmarshaler = (*ConsistencyMode)(nil)
)

// Auth says which token a request to Graph must bring; see WithAuth.
type Auth uint8

// The values of Auth.
const (
	AuthOpen    = Auth(authority.Open)    // any token or none; a request without a readable token acts as the signed-in user
	AuthVerify  = Auth(authority.Verify)  // a token that this emulator has issued and that is still valid
	AuthEnforce = Auth(authority.Enforce) // such a token, and it must permit the operation
)

// SignIn says who signs in at the authorize endpoint; see WithSignIn.
type SignIn uint8

// The values of SignIn.
const (
	SignInAuto SignIn = iota // the user of login_hint or the signed-in user, at once and without a page
	SignInPage               // the person in front of a page
)

// Issuer says what id tokens name as their issuer; see WithIssuer.
type Issuer uint8

// The values of Issuer.
const (
	IssuerOrigin Issuer = iota // the address that the client used
	IssuerCloud                // Microsoft's address
)

// Missing says what a read of an entity that was never created answers; see WithOnMissing.
type Missing uint8

// The values of Missing.
const (
	MissingNotFound   = Missing(op.Answer404)  // 404
	MissingSynthesize = Missing(op.Synthesize) // an entity made from its type, which is kept
)

// Fidelity says how well an answer is emulated. Every answer of Graph carries it in the
// header X-Emulator-Fidelity. A higher value is a better emulation.
type Fidelity uint8

// The values of Fidelity.
const (
	FidelityNone     = Fidelity(workload.None)     // 501
	FidelityGeneric  = Fidelity(workload.Generic)  // parameters are checked, the declared type is returned, nothing changes
	FidelityStateful = Fidelity(workload.Stateful) // a general rule on stored entities
	FidelityModelled = Fidelity(workload.Modelled) // the behavior of the type itself
)

// ProxyMode says what happens to a request for a host that the emulator does not stand
// for; see WithProxyOthers.
type ProxyMode uint8

// The values of ProxyMode.
const (
	ProxyRefuse ProxyMode = iota // 502 at once, so that a test never leaves the machine
	ProxyTunnel                  // the request goes to its host
)

var (
	authWords     = []string{"open", "verify", "enforce"}
	signInWords   = []string{"auto", "page"}
	issuerWords   = []string{"origin", "cloud"}
	missingWords  = []string{"404", "synthesize"}
	fidelityWords = []string{workload.None.String(), workload.Generic.String(), workload.Stateful.String(), workload.Modelled.String()}
	proxyWords    = []string{"refuse", "tunnel"}
)

// String returns the word of the value.
func (a Auth) String() string { return wordOf(a, authWords) }

// String returns the word of the value.
func (s SignIn) String() string { return wordOf(s, signInWords) }

// String returns the word of the value.
func (i Issuer) String() string { return wordOf(i, issuerWords) }

// String returns the word of the value.
func (m Missing) String() string { return wordOf(m, missingWords) }

// String returns the word of the value.
func (f Fidelity) String() string { return wordOf(f, fidelityWords) }

// String returns the word of the value.
func (p ProxyMode) String() string { return wordOf(p, proxyWords) }

// UnmarshalText implements encoding.TextUnmarshaler.
func (a *Auth) UnmarshalText(text []byte) error { return readWord(a, text, authWords) }

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *SignIn) UnmarshalText(text []byte) error { return readWord(s, text, signInWords) }

// UnmarshalText implements encoding.TextUnmarshaler.
func (i *Issuer) UnmarshalText(text []byte) error { return readWord(i, text, issuerWords) }

// UnmarshalText implements encoding.TextUnmarshaler.
func (m *Missing) UnmarshalText(text []byte) error { return readWord(m, text, missingWords) }

// UnmarshalText implements encoding.TextUnmarshaler.
func (f *Fidelity) UnmarshalText(text []byte) error { return readWord(f, text, fidelityWords) }

// UnmarshalText implements encoding.TextUnmarshaler.
func (p *ProxyMode) UnmarshalText(text []byte) error { return readWord(p, text, proxyWords) }

// wordOf shows a number that is none of the constants as a number.
func wordOf[T ~uint8](v T, words []string) string {
	if int(v) < len(words) {
		return words[v]
	}
	return strconv.Itoa(int(v))
}

func readWord[T ~uint8](to *T, text []byte, words []string) error {
	i := slices.Index(words, string(text))
	if i < 0 {
		return fmt.Errorf("%q is not one of %s", text, strings.Join(words, ", "))
	}
	*to = T(i)
	return nil
}

// set is an option that stores a value of a closed set.
func set[T ~uint8](name string, v T, words []string, to func(*config, T)) Option {
	return func(c *config) error {
		if int(v) >= len(words) {
			return fmt.Errorf("%s: %d is not one of the declared values", name, v)
		}
		to(c, v)
		return nil
	}
}

// JobPace says when a long-running operation ends. The zero value is JobsByLooks(1).
type JobPace struct{ is op.Pace }

// JobsByLooks ends an operation when its progress is read for the nth time. Zero is one.
func JobsByLooks(n int) JobPace {
	if n == 1 { // one value has one form
		n = 0
	}
	return JobPace{op.Pace{Looks: n}}
}

// JobsAfter ends an operation when d has passed on the emulator's clock.
func JobsAfter(d time.Duration) JobPace {
	if d == 0 {
		d = -1 // zero is that of another pace
	}
	return JobPace{op.Pace{After: d}}
}

// JobsManual ends an operation only when Jobs.Finish or Jobs.Fail is called.
func JobsManual() JobPace { return JobPace{op.Pace{Manual: true}} }

// String returns "looks:N", a time span such as "30s", or "manual".
func (p JobPace) String() string {
	switch {
	case p.is.Manual:
		return "manual"
	case p.is.After != 0:
		return p.is.After.String()
	}
	return "looks:" + strconv.Itoa(max(p.is.Looks, 1))
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (p *JobPace) UnmarshalText(text []byte) error {
	bad := fmt.Errorf("%q is not valid; write looks:N, a duration such as 30s, or manual", text)
	var out JobPace
	if n, ok := strings.CutPrefix(string(text), "looks:"); ok {
		looks, err := strconv.Atoi(n)
		if err != nil || looks < 1 {
			return bad
		}
		out = JobsByLooks(looks)
	} else if string(text) == "manual" {
		out = JobsManual()
	} else if d, err := time.ParseDuration(string(text)); err == nil {
		out = JobsAfter(d)
	} else {
		return bad
	}
	if out.check() != nil {
		return bad
	}
	*p = out
	return nil
}

func (p JobPace) check() error {
	switch {
	case p.is.Looks < 0:
		return fmt.Errorf("jobs: %d looks are less than one", p.is.Looks)
	case p.is.After < 0:
		return fmt.Errorf("jobs: the time is not positive")
	}
	return nil
}

// ConsistencyMode says when reads of the directory see a write. The zero value is Strong.
//
// A write works on the present. Until it is seen, reads answer as the service does while
// its replicas lag: 404 for a created entity, lists and counts as they were, members that
// are missing, and deleted entities still there.
type ConsistencyMode struct {
	is  replica.Consistency
	err error // of the arguments of a constructor, for the option to report
}

// Strong shows a write at once.
func Strong() ConsistencyMode { return ConsistencyMode{} }

// Session shows a caller its own writes at once and the writes of others after lag, on
// the emulator's clock. Zero is the usual lag of 5 seconds; at most 24 hours.
func Session(lag time.Duration) ConsistencyMode { return lagging("session", lag) }

// SessionReads is Session with a lag of n reads, from 1 to 1000: so many reads do not see
// a write yet. No clock is needed.
func SessionReads(n int) ConsistencyMode { return parsed("session:" + strconv.Itoa(n)) }

// Eventual shows every write after lag, on the emulator's clock. Zero is the usual lag of
// 5 seconds; at most 24 hours.
func Eventual(lag time.Duration) ConsistencyMode { return lagging("eventual", lag) }

// EventualReads is Eventual with a lag of n reads, from 1 to 1000.
func EventualReads(n int) ConsistencyMode { return parsed("eventual:" + strconv.Itoa(n)) }

func lagging(mode string, lag time.Duration) ConsistencyMode {
	if lag == 0 {
		return parsed(mode)
	}
	return parsed(mode + ":" + lag.String())
}

func parsed(text string) ConsistencyMode {
	is, err := replica.ParseConsistency(text)
	return ConsistencyMode{is, err}
}

// String returns "strong", "session:LAG" or "eventual:LAG"; LAG is a time span or a number
// of reads.
func (m ConsistencyMode) String() string { return m.is.String() }

// UnmarshalText implements encoding.TextUnmarshaler. It also takes a mode without a lag.
func (m *ConsistencyMode) UnmarshalText(text []byte) error {
	out := parsed(string(text))
	if out.err == nil {
		*m = out
	}
	return out.err
}
