package derive

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/fixtures"
	"github.com/graph-emulator/graph-emulator/schemas/derive/page"
)

// permissionFile is the published permissions file.
type permissionFile struct {
	Permissions map[string]struct {
		AuthorizationType    string                      `json:"authorizationType"`
		Note                 string                      `json:"note"`
		OwnerInfo            json.RawMessage             `json:"ownerInfo"`
		DocumentationWarning string                      `json:"documentationWarning"`
		Schemes              map[string]permissionScheme `json:"schemes"`
		PathSets             []permissionSet             `json:"pathSets"`
	} `json:"permissions"`
	Schema string `json:"$schema"`
}

type permissionScheme struct {
	AdminDisplayName     string `json:"adminDisplayName"`
	AdminDescription     string `json:"adminDescription"`
	UserDisplayName      string `json:"userDisplayName"`
	UserDescription      string `json:"userDescription"`
	RequiresAdminConsent bool   `json:"requiresAdminConsent"`
	PrivilegeLevel       int    `json:"privilegeLevel"`
}

type permissionSet struct {
	SchemeKeys []string          `json:"schemeKeys"`
	Methods    []string          `json:"methods"`
	Paths      map[string]string `json:"paths"` // path -> "least=Scheme,…;AlsoRequires=…"
	Include    json.RawMessage   `json:"includedProperties"`
	Exclude    json.RawMessage   `json:"excludedProperties"`
}

// grant is one permission that allows a method on a path.
type grant struct {
	name  string // with what is needed as well: see fixtures.Permissions
	level int
	least bool
}

// grants are the permissions of one method on one path, by scheme.
type grants map[string][]grant

// schemes in the order of the published file's words.
const (
	schemeWork     = "DelegatedWork"
	schemePersonal = "DelegatedPersonal"
	schemeApp      = "Application"
)

// readPermissions reads the published file into path -> method -> grants. The
// paths are as published.
func (c *compiler) readPermissions() (map[string]map[string]grants, error) {
	paths, err := listed(c.src.Permissions, ".json", ".json.gz")
	if err != nil {
		return nil, err
	}
	out := map[string]map[string]grants{}
	for _, p := range paths {
		if err := c.readPermissionFile(c.src.Permissions, p, out); err != nil {
			return nil, fmt.Errorf("%s: %w", p, err)
		}
	}
	return out, nil
}

func (c *compiler) readPermissionFile(files fs.FS, name string, out map[string]map[string]grants) error {
	f, err := open(files, name)
	if err != nil {
		return err
	}
	defer f.Close()
	var doc permissionFile
	dec := json.NewDecoder(f)
	dec.DisallowUnknownFields()
	if err := dec.Decode(&doc); err != nil {
		return err
	}
	for _, perm := range sortedKeys(doc.Permissions) {
		p := doc.Permissions[perm]
		c.scopes[perm] = scope(perm, p.Schemes)
		for _, set := range p.PathSets {
			for _, path := range sortedKeys(set.Paths) {
				least, name := c.pathWords(set.Paths[path], perm, path)
				for _, m := range set.Methods {
					for _, s := range set.SchemeKeys {
						if out[path] == nil {
							out[path] = map[string]grants{}
						}
						if out[path][m] == nil {
							out[path][m] = grants{}
						}
						out[path][m][s] = append(out[path][m][s], grant{name, p.Schemes[s].PrivilegeLevel, slices.Contains(least, s)})
					}
				}
			}
		}
	}
	return nil
}

// pathWords reads the words behind a path and returns the schemes for which
// the permission is the least privileged, and its name with what else it needs there.
func (c *compiler) pathWords(words, perm, path string) (least []string, full string) {
	full = perm
	for _, w := range strings.Split(words, ";") {
		name, value, _ := strings.Cut(w, "=")
		switch name {
		case "":
		case "least":
			least = strings.Split(value, ",")
		case "AlsoRequires":
			full = perm + "+" + strings.ReplaceAll(value, ",", "|")
		default:
			c.ledger.add(c.src.Version, "permissions: unknown word "+name, perm+" "+path)
		}
	}
	return least, full
}

// permissions joins the published file to templates, by walking its paths as
// requests are walked: folded template -> method -> grants.
func (c *compiler) permissions() (map[string]map[string]grants, error) {
	byPath, err := c.readPermissions()
	if err != nil {
		return nil, err
	}
	joined := map[string]map[string]grants{}
	for _, path := range sortedKeys(byPath) {
		if strings.Contains(path, "?") {
			c.ledger.add(c.src.Version, "permissions: path with a query; not kept", path)
			continue
		}
		w := walk(c.model, page.Split(path))
		if w.failed >= 0 {
			c.ledger.add(c.src.Version, "permissions: path does not resolve", path)
			continue
		}
		key := fold(w.template)
		if joined[key] == nil {
			joined[key] = map[string]grants{}
		}
		for m, g := range byPath[path] {
			if joined[key][m] == nil {
				joined[key][m] = grants{}
			}
			for s, list := range g {
				joined[key][m][s] = append(joined[key][m][s], list...)
			}
		}
	}
	return joined, nil
}

// granted are the published permissions of an operation. Where the file gives
// two the same level, the order of the page decides: it goes from least to most.
func granted(g grants, method string, stated fixtures.Permissions) fixtures.Permissions {
	reads := method == "GET"
	return fixtures.Permissions{
		DelegatedWork:     least(g[schemeWork], reads, stated.DelegatedWork),
		DelegatedPersonal: least(g[schemePersonal], reads, stated.DelegatedPersonal),
		Application:       least(g[schemeApp], reads, stated.Application),
	}
}

// least orders permissions, least privileged first: what the file calls least,
// then by level, page and name. The result is never nil: a path that the file
// lists without a scheme does not support it.
func least(list []grant, reads bool, stated []string) []string {
	first := func(g grant) bool { // the file marks a path for all methods of a permission: one that writes is not the least to read
		return g.least && !(reads && strings.Contains(g.name, "Write"))
	}
	rank := func(g grant) int {
		name, _, _ := strings.Cut(g.name, "+")
		if i := slices.Index(stated, name); i >= 0 {
			return i
		}
		return len(stated)
	}
	sorted := slices.Clone(list)
	slices.SortFunc(sorted, func(a, b grant) int {
		switch {
		case first(a) != first(b) && first(a):
			return -1
		case first(a) != first(b):
			return 1
		}
		return cmp.Or(cmp.Compare(a.level, b.level), cmp.Compare(rank(a), rank(b)), cmp.Compare(a.name, b.name))
	})
	out := []string{}
	for _, g := range sorted {
		if !slices.Contains(out, g.name) {
			out = append(out, g.name)
		}
	}
	return out
}
