package sharepoint

import (
	"net/url"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// Host is the switch that says what the names of SharePoint's hosts end in.
const Host = "files.host"

// HostSwitch is Host with its values. The files workload declares it.
var HostSwitch = workload.Switch{Name: Host, Values: []string{"sharepoint.test", "sharepoint.com"}, Usage: "what the hosts of sites and drives end in, for clients that check it"}

// Hosts are the hosts of a tenant, below https://.
type Hosts struct {
	Sites    string // northgale.sharepoint.test
	Personal string // northgale-my.sharepoint.test, of OneDrives
}

// HostsOf are the hosts of the tenant, named after its initial domain.
func HostsOf(tx *store.Reader, s workload.Switches) Hosts {
	name := "northgale"
	for _, e := range tx.Entities(0, "organization", 0, nil) {
		domains, _ := e.Object.Get("verifiedDomains")
		first := ""
		for d := range domains.Elements() {
			m := d.Members()
			label, _, _ := strings.Cut(m.Text("name"), ".")
			if first == "" || m.Bool("isInitial") {
				first = label
			}
		}
		if first != "" {
			name = first
		}
		break
	}
	suffix := s[Host]
	if suffix == "" {
		suffix = HostSwitch.Values[0]
	}
	return Hosts{name + "." + suffix, name + "-my." + suffix}
}

// TenantOwner is the owner of the root site: the tenant.
func TenantOwner(tx *store.Reader) string {
	if id := workload.TenantID(tx); id != "" {
		return id
	}
	return value.NamedGUID("tenant")
}

// PersonalName is the name of a user's OneDrive in addresses (B-14.32).
func PersonalName(upn string) string {
	return strings.ToLower(strings.NewReplacer("@", "_", ".", "_", "#", "_").Replace(upn))
}

// EscapePath escapes a path of names for an address.
func EscapePath(path string) string {
	parts := strings.Split(path, "/")
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	return strings.Join(parts, "/")
}
