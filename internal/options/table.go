package options

import "github.com/graph-emulator/graph-emulator/emulator"

var (
	network = &Group{Title: "Network"}
	tenant  = &Group{Title: "Tenant", Answers: true}
	answers = &Group{Title: "Answers", Answers: true}
	signIns = &Group{Title: "Sign-in", Answers: true}
	storage = &Group{Title: "Storage"}
	logging = &Group{Title: "Log"}
)

// Table lists every option in the order of --help. A value without an option of package
// emulator is read by the program itself.
func Table() []Option {
	return []Option{
		{Name: "listen", Hint: "ADDR", Group: network, Value: own(address).by("127.0.0.1:3650"),
			Usage: "listen on ADDR (host:port); port 0 picks a free one"},
		{Name: "ready-file", Hint: "FILE", Group: network, Value: own(anyText),
			Usage: "write the http URL to FILE once the server listens; FILE is removed when the server ends"},
		{Name: "control-host", Hint: "NAME", Group: network, Value: list(emulator.WithControlHosts),
			Usage: "let the control plane answer requests to the host NAME, such as that of a gateway, besides localhost, IP addresses, names without a dot, --public-url and --tls-name; may be repeated"},
		{Name: "proxy-others", Hint: "MODE", Group: network, Value: choice(emulator.WithProxyOthers, emulator.ProxyRefuse, emulator.ProxyTunnel),
			Usage: "as a proxy, treat requests to other hosts than Microsoft Graph and its sign-in service by MODE"},
		{Name: "tls-name", Hint: "NAME", Group: network, Value: list(emulator.WithTLSNames),
			Usage: "answer TLS as NAME, a host name or an IP address, besides localhost and 127.0.0.1; may be repeated"},
		{Name: "ca-dir", Hint: "DIR", Group: network, Value: one(anyText, emulator.WithCADir),
			Usage: "keep the local CA in DIR: its certificate in ca.pem, its key in ca.key; without it the CA is in memory and new at each start"},
		{Name: "tls-cert", Hint: "FILE", Group: network, Value: own(anyText),
			Usage: "answer TLS with the certificate chain in FILE (PEM) in place of one of the local CA; needs --tls-key"},
		{Name: "tls-key", Hint: "FILE", Group: network, Value: own(anyText),
			Usage: "take the key of --tls-cert from FILE (PEM)"},

		{Name: "fixtures", Hint: "DIR", Group: tenant, Value: folders("fixtures", emulator.WithFixtures),
			Usage: "read the tenant from DIR instead of the built-in one, @northgale; may be repeated, the first that has a file wins; folders below DIR/tenants are further tenants"},
		{Name: "signed-in-user", Hint: "USER", Group: tenant, Value: one(anyText, emulator.WithSignedInUser),
			Usage: "let a request without a token act as USER (id or userPrincipalName); without it, as the first user of the tenant"},
		{Name: "schemas", Hint: "DIR", Group: tenant, Value: folder("schemas", emulator.WithSchemas),
			Usage: "use the type files in DIR (v1.0/, beta/) before the built-in ones"},
		{Name: "docs", Hint: "DIR", Group: tenant, Value: folders("docs", emulator.WithDocs),
			Usage: "serve the operations that the reference pages in DIR describe; may be repeated"},
		{Name: "catalog", Hint: "NAME", Group: tenant, Value: word("builtin", "none", emulator.WithoutCatalog),
			Usage: "start from the catalog NAME of types and operations"},
		{Name: "random-seed", Hint: "NUMBER", Group: tenant, Value: one(number, emulator.WithRandomSeed),
			Usage: "generate the same ids, opaque tokens and random choices for the same NUMBER and sequence of requests"},
		{Name: "watch", Group: tenant, Value: own(truth),
			Usage: "load the fixtures again when their files change; a broken file changes nothing"},

		{Name: "public-url", Hint: "URL", Group: answers, Value: one(origin, emulator.WithPublicURL),
			Usage: "begin the links in answers with URL instead of the address the request came to"},
		{Name: "forwarded-headers", Group: answers, Value: flag(emulator.WithForwardedHeaders),
			Usage: "begin the links in answers with what X-Forwarded-Proto, -Host and -Port say; only behind a gateway that sets them"},
		{Name: "strict", Group: answers, Value: flag(emulator.WithStrict),
			Usage: "tolerate no input that the documentation does not allow"},
		{Name: "switch", Hint: "NAME=VALUE", Group: answers, Value: listOf(switches),
			Usage: "select one of several behaviors that the real service shows, as in NAME=VALUE; docs/CONFIGURATION.md lists the switches; may be repeated"},
		{Name: "on-missing", Hint: "ANSWER", Group: answers, Value: choice(emulator.WithOnMissing, emulator.MissingNotFound, emulator.MissingSynthesize),
			Usage: "give ANSWER where an entity is not there; synthesize makes one up and keeps it"},
		{Name: "min-fidelity", Hint: "LEVEL", Group: answers, Value: choice(emulator.WithMinFidelity, emulator.FidelityNone, emulator.FidelityGeneric, emulator.FidelityStateful, emulator.FidelityModelled),
			Usage: "answer 501 where the emulation is below LEVEL"},
		{Name: "services-delay", Hint: "TIME", Group: answers, Value: one(span, emulator.WithServicesDelay).by("0s"),
			Usage: "let mailbox and drive of a new user appear TIME after the user, as in 90s or 15m"},
		{Name: "jobs", Hint: "PACE", Group: answers, Value: written(emulator.WithJobs),
			Usage: "finish copies and other long-running operations at PACE: looks:N, when their progress is read for the Nth time; a time span such as 30s; or manual"},
		{Name: "consistency", Hint: "MODE", Group: answers, Value: written(emulator.WithConsistency),
			Usage: "when directory reads see writes: MODE is strong (immediately), session:LAG (own writes immediately, others after LAG) or eventual:LAG (all after LAG); LAG is a time such as 5s or a number of reads"},
		{Name: "app-consistency", Hint: "MODE", Group: answers, Value: written(emulator.WithAppConsistency).by(""),
			Usage: "the same for app-only callers, as MODE; default: the value of --consistency"},
		{Name: "empty-pages", Group: answers, Value: flag(emulator.WithEmptyPages),
			Usage: "put an empty page with a link to the next between any two pages of a list"},
		{Name: "page-token-life", Hint: "TIME", Group: answers, Value: one(lifetime, emulator.WithPageTokenLife).by("15m"),
			Usage: "let @odata.nextLink be followed for TIME, as in 90s or 15m; an older link is answered 400"},
		{Name: "body-limit", Hint: "SIZE", Group: answers, Value: one(size, emulator.WithBodyLimit).by(sizeText(emulator.DefaultBodyLimit)),
			Usage: "refuse request bodies over SIZE; bytes, or a number with KiB, MiB or GiB"},
		{Name: "body-memory", Hint: "SIZE", Group: answers, Value: one(size, emulator.WithBodyMemory).by(sizeText(emulator.DefaultBodyMemory)),
			Usage: "keep at most SIZE of request bodies in memory at one time; a request over it is answered 503 with Retry-After"},

		{Name: "auth", Hint: "MODE", Group: signIns, Value: choice(emulator.WithAuth, emulator.AuthOpen, emulator.AuthVerify, emulator.AuthEnforce),
			Usage: "require a token by MODE: open accepts any token or none, verify a valid token of the emulator, enforce one that permits the operation; see --grant"},
		{Name: "grant", Hint: "PERMISSION", Group: signIns, Value: listOf(grants),
			Usage: "give every application PERMISSION without consent, as in User.Read.All: as a delegated and as an application permission; may be repeated"},
		{Name: "sign-in", Hint: "HOW", Group: signIns, Value: choice(emulator.WithSignIn, emulator.SignInAuto, emulator.SignInPage),
			Usage: "decide HOW users sign in: auto at once and without a page, page by who sits in front of a page"},
		{Name: "issuer", Hint: "NAME", Group: signIns, Value: choice(emulator.WithIssuer, emulator.IssuerOrigin, emulator.IssuerCloud),
			Usage: "issue id tokens in the NAME of origin, the address that the client used, or of cloud, Microsoft's"},
		{Name: "token-lifetime", Hint: "TIME", Group: signIns, Value: one(lifetime, emulator.WithTokenLifetime),
			Usage: "let access tokens live for TIME, as in 90s or 15m; without it as long as the service's"},

		{Name: "data", Hint: "DIR", Group: storage, Value: own(anyText),
			Usage: "keep the tenant in DIR: read it at start if one was left there, write it at the end and when POST /_emulator/save asks for it"},
		{Name: "data-interval", Hint: "TIME", Group: storage, Value: own(lifetime),
			Usage: "write the tenant into --data every TIME of the machine's clock too, as in 30s or 5m, where it has changed"},
		{Name: "keep-passwords", Group: storage, Value: flag(emulator.WithKeepPasswords),
			Usage: "write the passwords of users into --data as they are; without it salted hashes, with which they can still sign in"},

		{Name: "content-dir", Hint: "DIR", Group: storage, Value: one(anyText, emulator.WithContentDir),
			Usage: "keep file content over 1 MiB in a new folder in DIR, which is removed at the end; without it in the folder of the system for temporary files"},
		{Name: "content-limit", Hint: "SIZE", Group: storage, Value: one(size, emulator.WithContentLimit).by(sizeText(emulator.DefaultContentLimit)),
			Usage: "keep at most SIZE of file content on the disk, equal content counted once; an upload over it is answered 413"},

		{Name: "log-level", Hint: "LEVEL", Group: logging, Value: ownWord("info", "debug", "info", "warn", "error"),
			Usage: "log from LEVEL up, on standard error; requests are logged at debug"},
		{Name: "log-format", Hint: "FORMAT", Group: logging, Value: ownWord("text", "text", "json"),
			Usage: "write the log as FORMAT"},
	}
}
