package emulator

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/ca"
)

// Option changes what New makes. An option that cannot be honoured makes New fail.
type Option func(*config) error

// config is what the options say; each field names its option.
type config struct {
	fixtures []fs.FS // WithFixtures
	schemas  fs.FS   // WithSchemas
	docs     []fs.FS // WithDocs
	bare     bool    // WithoutCatalog

	consistency    ConsistencyMode  // WithConsistency
	appConsistency *ConsistencyMode // WithAppConsistency; nil: as consistency

	seed       uint64                            // WithRandomSeed
	strict     bool                              // WithStrict
	bodyLimit  int64                             // WithBodyLimit
	bodyMemory int64                             // WithBodyMemory
	log        *slog.Logger                      // WithLogger
	now        func() time.Time                  // WithClock; from New on, the emulator's own clock over it
	publicURL  string                            // WithPublicURL
	missing    Missing                           // WithOnMissing
	tokenLife  time.Duration                     // WithPageTokenLife
	empty      bool                              // WithEmptyPages
	services   time.Duration                     // WithServicesDelay
	fidelity   Fidelity                          // WithMinFidelity
	switches   map[string]string                 // WithSwitch
	user       string                            // WithSignedInUser
	described  bool                              // a page of WithDocs came to something
	repeat     bool                              // WithRandomSeed was given
	auth       Auth                              // WithAuth
	granted    []string                          // WithGrants
	signIn     SignIn                            // WithSignIn
	issuer     Issuer                            // WithIssuer
	lifetime   time.Duration                     // WithTokenLifetime; zero: the service's own
	tls        tlsConfig                         // WithTLSNames, WithCADir, WithCertificate
	others     ProxyMode                         // WithProxyOthers
	hear       func(Exchange)                    // WithObserver
	wraps      []func(http.Handler) http.Handler // WithMiddleware
	forwarded  bool                              // WithForwardedHeaders
	pace       JobPace                           // WithJobs

	controlHosts  []string // WithControlHosts
	data          string   // WithData
	keepPasswords bool     // WithKeepPasswords
}

// DefaultBodyLimit is what a request body may have without WithBodyLimit, in bytes.
const DefaultBodyLimit = 4 << 20

// DefaultBodyMemory is what all request bodies may hold together without WithBodyMemory, in
// bytes: two uploads of the largest size.
const DefaultBodyMemory = 512 << 20

// WithFixtures gives the tenant by trees of YAML files instead of the built-in
// tenant. Of several trees an earlier one lies in front of a later: a file
// replaces the file of the same name behind it. WithFixtures(mine, fixtures.Northgale())
// changes the built-in tenant file by file. A mistake in a file makes New fail
// with a *fixtures.Error that names file and line. Conversations among the files are
// stubs, which answer before the tenant is asked; package conversation says how. Trees
// that hold nothing else leave the built-in tenant where it is.
func WithFixtures(trees ...fs.FS) Option {
	return func(c *config) error {
		for i, t := range trees {
			if t == nil {
				return fmt.Errorf("fixtures: tree %d is nil", i+1)
			}
		}
		c.fixtures = append(c.fixtures, trees...)
		return nil
	}
}

// WithSchemas lays type files (JSON Schemas as in the folder schemas) in front of
// the built-in ones, file by file. The tree holds a folder for each version,
// v1.0 and beta, or files that count for both.
func WithSchemas(files fs.FS) Option {
	return func(c *config) error {
		if files == nil {
			return errors.New("schemas: the tree is nil")
		}
		c.schemas = files
		return nil
	}
}

// WithDocs compiles reference pages in the format of Microsoft's documentation and
// serves what they promise, in front of the built-in catalog. A tree may hold
// the pages of one version below a folder v1.0 or beta; others count for both.
func WithDocs(trees ...fs.FS) Option {
	return func(c *config) error {
		for i, t := range trees {
			if t == nil {
				return fmt.Errorf("docs: tree %d is nil", i+1)
			}
		}
		c.docs = append(c.docs, trees...)
		return nil
	}
}

// WithoutCatalog starts without the built-in types, operations and tenant: only
// what WithDocs, WithSchemas and WithFixtures give is served.
func WithoutCatalog() Option {
	return func(c *config) error { c.bare = true; return nil }
}

// WithRandomSeed makes ids, opaque tokens and dice repeat for the same requests in
// the same order. Without it, or with zero, each emulator makes its own.
func WithRandomSeed(seed uint64) Option {
	return func(c *config) error { c.seed = seed; return nil }
}

// WithStrict removes the tolerances of the real service: names must have their
// exact letter case, undocumented properties and read-only properties are
// refused, nulls must be allowed by the schema.
func WithStrict() Option {
	return func(c *config) error { c.strict = true; return nil }
}

// WithBodyLimit caps request bodies at n bytes; the default is DefaultBodyLimit.
func WithBodyLimit(n int64) Option {
	return func(c *config) error {
		if n <= 0 {
			return fmt.Errorf("body limit %d is not positive", n)
		}
		c.bodyLimit = n
		return nil
	}
}

// WithBodyMemory caps at n bytes what the bodies of all requests in flight hold together,
// unpacked where they are compressed; the default is DefaultBodyMemory. A request over it
// is answered 503 with Retry-After. It must not be less than the body limit.
func WithBodyMemory(n int64) Option {
	return func(c *config) error {
		if n <= 0 {
			return fmt.Errorf("body memory %d is not positive", n)
		}
		c.bodyMemory = n
		return nil
	}
}

// WithLogger sends the emulator's log to log. Without it nothing is logged.
func WithLogger(log *slog.Logger) Option {
	return func(c *config) error {
		if log == nil {
			return errors.New("logger is nil")
		}
		c.log = log
		return nil
	}
}

// WithClock makes the emulator live by another clock than the machine's. It need not
// tell a true time, but it must not run backwards. Clock moves what it tells.
func WithClock(now func() time.Time) Option {
	return func(c *config) error {
		if now == nil {
			return errors.New("clock is nil")
		}
		c.now = now
		return nil
	}
}

// WithPublicURL is what absolute links begin with, for a server behind a port map
// or a gateway; without it they begin with what the caller used. It has a scheme
// and a host and no path.
func WithPublicURL(base string) Option {
	return func(c *config) error {
		u, err := url.Parse(base)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
			return fmt.Errorf("public URL %q is not http(s)://host[:port]", base)
		}
		c.publicURL = u.Scheme + "://" + u.Host
		return nil
	}
}

// WithControlHosts names hosts under which the control plane answers, such as that of a
// gateway. Without it, it answers under localhost, IP addresses, names without a dot (of
// container networks), the public URL, the names of WithTLSNames and the hosts of
// Microsoft that the emulator stands for. It refuses every other name, because a web page
// can point a name of its own at this machine (DNS rebinding).
func WithControlHosts(names ...string) Option {
	return func(c *config) error {
		for _, name := range names {
			clean, err := ca.Clean(name)
			if err != nil {
				return fmt.Errorf("control host: %w", err)
			}
			c.controlHosts = append(c.controlHosts, clean)
		}
		return nil
	}
}

// WithServicesDelay lets mailbox and drive of a created user appear d after the user,
// as licensing does; until then the paths below answer 404. The default is zero: at
// once. Users of the fixtures have theirs from the start.
func WithServicesDelay(d time.Duration) Option {
	return func(c *config) error {
		if d < 0 {
			return fmt.Errorf("services delay %v is negative", d)
		}
		c.services = d
		return nil
	}
}

// WithOnMissing says what a read of a key that was never created answers. The default is
// MissingNotFound.
func WithOnMissing(m Missing) Option {
	return set("on-missing", m, missingWords, func(c *config, m Missing) { c.missing = m })
}

// WithPageTokenLife is how long @odata.nextLink may be followed; the default is a
// quarter of an hour. A link that is older is answered 400, as the directory does.
func WithPageTokenLife(d time.Duration) Option {
	return func(c *config) error {
		if d <= 0 {
			return fmt.Errorf("page token life %v is not positive", d)
		}
		c.tokenLife = d
		return nil
	}
}

// WithEmptyPages puts an empty page, with a link to the next, between any two pages
// of a list: services do so at times, and clients have to go on.
func WithEmptyPages() Option {
	return func(c *config) error { c.empty = true; return nil }
}

// WithSwitch makes a choice that the service leaves open, or hides, otherwise than
// by default; Switches lists what there is to choose. A later option of the same
// name wins. A name or a value that does not exist makes New fail.
func WithSwitch(name, value string) Option {
	return func(c *config) error {
		if c.switches == nil {
			c.switches = map[string]string{}
		}
		c.switches[name] = value
		return nil
	}
}

// WithGrants gives every application permissions of Graph without consent, as delegated
// and as application permissions: with AuthEnforce a token holds no others than
// these and those that the tenant has granted. A permission that does not exist makes New
// fail.
func WithGrants(permissions ...string) Option {
	return func(c *config) error { c.granted = append(c.granted, permissions...); return nil }
}

// WithMinFidelity answers 501 where the emulation is below a level, so that a test cannot
// rely on it. The default is FidelityNone: every answer is given.
func WithMinFidelity(least Fidelity) Option {
	return set("min-fidelity", least, fidelityWords, func(c *config, f Fidelity) { c.fidelity = f })
}

// WithSignedInUser names the user that callers without a token of their own are
// taken for, by id or userPrincipalName. Without it that is the first user of
// the fixtures. A user that the fixtures do not have makes New fail.
func WithSignedInUser(key string) Option {
	return func(c *config) error {
		if key == "" {
			return errors.New("signed-in user is empty")
		}
		c.user = key
		return nil
	}
}

// WithAuth says which token a request to Graph must bring. The default is AuthOpen.
func WithAuth(mode Auth) Option {
	return set("auth", mode, authWords, func(c *config, a Auth) { c.auth = a })
}

// WithSignIn says who signs in at the authorize endpoint and approves device codes. The
// default is SignInAuto.
func WithSignIn(how SignIn) Option {
	return set("sign-in", how, signInWords, func(c *config, s SignIn) { c.signIn = s })
}

// WithIssuer says what id tokens and discovery documents name as their issuer. The default
// is IssuerOrigin.
func WithIssuer(name Issuer) Option {
	return set("issuer", name, issuerWords, func(c *config, i Issuer) { c.issuer = i })
}

// WithTokenLifetime makes all access tokens live for d, in whole seconds. Without it
// they live as long as the service's: an hour, users' up to ninety minutes.
func WithTokenLifetime(d time.Duration) Option {
	return func(c *config) error {
		if d < time.Second {
			return fmt.Errorf("token lifetime %v is less than a second", d)
		}
		c.lifetime = d
		return nil
	}
}
