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
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
)

// Option configures an emulator. New ignores a nil Option and fails on one that it cannot
// honor. Of two options for the same thing the later one wins; options that take several
// values add to each other.
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
	contentDir    string   // WithContentDir
	contentLimit  int64    // WithContentLimit; zero: DefaultContentLimit
}

// DefaultBodyLimit is the limit of a request body without WithBodyLimit, in bytes.
const DefaultBodyLimit = 4 << 20

// DefaultBodyMemory is the limit of all request bodies together without WithBodyMemory, in
// bytes: two uploads of the largest size.
const DefaultBodyMemory = 512 << 20

// WithFixtures replaces the built-in tenant by trees of YAML files. A file in an earlier
// tree replaces the file of the same name in a later one, so that WithFixtures(mine,
// fixtures.Northgale()) changes the built-in tenant file by file. Conversations among the
// files are stubs, which answer before the tenant does. Trees with stubs only keep the
// built-in tenant.
//
// A nil tree is an error. A mistake in a file makes New fail with a *fixtures.Error that
// names file and line.
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

// WithSchemas puts type files (JSON Schemas as in the folder schemas) in front of the
// built-in ones, file by file. The tree has a folder for each version, v1.0 and beta, or
// files that apply to both. A nil tree is an error.
func WithSchemas(files fs.FS) Option {
	return func(c *config) error {
		if files == nil {
			return errors.New("schemas: the tree is nil")
		}
		c.schemas = files
		return nil
	}
}

// WithDocs compiles reference pages in the format of Microsoft's documentation and serves
// the operations that they describe, in front of the built-in catalog. A tree may have the
// pages of one version in a folder v1.0 or beta; other pages apply to both. A nil tree is
// an error.
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

// WithoutCatalog starts without the built-in types, operations and tenant. Only the
// contents of WithDocs, WithSchemas and WithFixtures are served.
func WithoutCatalog() Option {
	return func(c *config) error { c.bare = true; return nil }
}

// WithRandomSeed makes ids, opaque tokens and random choices repeat for the same requests
// in the same order. Zero is as no seed: each emulator makes its own.
func WithRandomSeed(seed uint64) Option {
	return func(c *config) error { c.seed = seed; return nil }
}

// WithStrict removes the tolerances of the real service. Names must have their exact
// letter case, undocumented and read-only properties are refused, and null must be allowed
// by the schema.
func WithStrict() Option {
	return func(c *config) error { c.strict = true; return nil }
}

// WithBodyLimit limits a request body to n bytes. The default is DefaultBodyLimit. A limit
// that is not positive is an error.
func WithBodyLimit(n int64) Option {
	return func(c *config) error {
		if n <= 0 {
			return fmt.Errorf("body limit %d is not positive", n)
		}
		c.bodyLimit = n
		return nil
	}
}

// WithBodyMemory limits the bodies of all requests in flight to n bytes together, after
// decompression. The default is DefaultBodyMemory. A request over the limit is answered
// 503 with Retry-After. A limit below that of one body is an error.
func WithBodyMemory(n int64) Option {
	return func(c *config) error {
		if n <= 0 {
			return fmt.Errorf("body memory %d is not positive", n)
		}
		c.bodyMemory = n
		return nil
	}
}

// DefaultContentLimit is the limit of file content on the disk without WithContentLimit, in
// bytes.
const DefaultContentLimit = store.DefaultContentLimit

// WithContentDir keeps file content over 1 MiB in a folder that the emulator makes in dir
// for the first of it, instead of in the folder of the system for temporary files. Close
// removes it; a process that is killed leaves it there. dir is made where it is missing. An
// empty name is an error.
func WithContentDir(dir string) Option {
	return func(c *config) error {
		if dir == "" {
			return errors.New("content: the folder is empty")
		}
		c.contentDir = dir
		return nil
	}
}

// WithContentLimit limits file content on the disk to n bytes, of all tenants together.
// Equal content counts once. The default is DefaultContentLimit. An upload over the limit
// is answered 413. A limit that is not positive is an error.
func WithContentLimit(n int64) Option {
	return func(c *config) error {
		if n <= 0 {
			return fmt.Errorf("content limit %d is not positive", n)
		}
		c.contentLimit = n
		return nil
	}
}

// WithLogger sends the log of the emulator to log. Without it nothing is logged. A nil
// logger is an error.
func WithLogger(log *slog.Logger) Option {
	return func(c *config) error {
		if log == nil {
			return errors.New("logger is nil")
		}
		c.log = log
		return nil
	}
}

// WithClock replaces the clock of the machine. The function may return any time, but must
// not go backwards; Server.Clock moves on from it. A nil function is an error.
func WithClock(now func() time.Time) Option {
	return func(c *config) error {
		if now == nil {
			return errors.New("clock is nil")
		}
		c.now = now
		return nil
	}
}

// WithPublicURL sets the beginning of absolute links, for a server behind a port map or a
// gateway. Without it they begin with the address that the caller used. A URL that is more
// than scheme and host is an error.
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

// WithControlHosts lets the control plane answer under more host names, such as that of a
// gateway. It always answers under localhost, IP addresses, names without a dot (of
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

// WithServicesDelay provisions mailbox and drive of a created user d after the user, as
// licensing does. Until then the paths below them answer 404. The default is zero: at
// once. Users of the fixtures have both from the start. A negative delay is an error.
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

// WithPageTokenLife limits how long an @odata.nextLink can be followed. The default is 15
// minutes. An older link is answered 400, as the directory does. A duration that is not
// positive is an error.
func WithPageTokenLife(d time.Duration) Option {
	return func(c *config) error {
		if d <= 0 {
			return fmt.Errorf("page token life %v is not positive", d)
		}
		c.tokenLife = d
		return nil
	}
}

// WithEmptyPages puts an empty page with a link to the next between any two pages of a
// list. Services send such pages at times, and a client must continue.
func WithEmptyPages() Option {
	return func(c *config) error { c.empty = true; return nil }
}

// WithSwitch selects one of several behaviors that the real service shows; Switches lists
// them. A name or a value that does not exist makes New fail.
func WithSwitch(name, value string) Option {
	return func(c *config) error {
		if c.switches == nil {
			c.switches = map[string]string{}
		}
		c.switches[name] = value
		return nil
	}
}

// WithGrants grants permissions of Graph to every application without consent, as
// delegated and as application permissions. With AuthEnforce a token has these and those
// that the tenant has granted. A permission that does not exist makes New fail.
func WithGrants(permissions ...string) Option {
	return func(c *config) error { c.granted = append(c.granted, permissions...); return nil }
}

// WithMinFidelity answers 501 where the emulation is below a level, so that a test cannot
// rely on it. The default is FidelityNone: every answer is given.
func WithMinFidelity(least Fidelity) Option {
	return set("min-fidelity", least, fidelityWords, func(c *config, f Fidelity) { c.fidelity = f })
}

// WithSignedInUser selects the user, by id or userPrincipalName, as whom a request without
// a token acts. Without it that is the first user of the fixtures. An empty key is an
// error, and a user that the fixtures do not have makes New fail.
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

// WithTokenLifetime sets the lifetime of all access tokens, in whole seconds. Without it
// they live as long as those of the service: an hour, those of users up to 90 minutes.
// Less than a second is an error.
func WithTokenLifetime(d time.Duration) Option {
	return func(c *config) error {
		if d < time.Second {
			return fmt.Errorf("token lifetime %v is less than a second", d)
		}
		c.lifetime = d
		return nil
	}
}
