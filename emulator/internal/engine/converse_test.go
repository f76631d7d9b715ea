package engine_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/emulator/internal/emulatortest"
	"github.com/graph-emulator/graph-emulator/fixtures"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// crud runs one collection through its life.
type crud struct {
	*emulatortest.Client
	t      *testing.T
	made   int
	prefer string
	at     string // the path that is created at
	tag    string // of the last answer that had one; changes are made under it
}

// call sends one request; want are the statuses that are right.
func (c *crud) call(method, path string, body any, want ...int) (map[string]any, error) {
	c.Headers = nil
	if c.prefer != "" {
		c.Headers = append(c.Headers, "Prefer", c.prefer)
	}
	if c.tag != "" && (method == "PATCH" || method == "DELETE") { // B-4.35, C-4.12
		c.Headers = append(c.Headers, "If-Match", c.tag)
	}
	got, err := c.Call(method, path, body, want...)
	if tag := c.Last.Header().Get("ETag"); tag != "" || method == "POST" {
		c.tag = tag
	}
	return got, err
}

// create makes a member of a collection and returns its path and the text property
// that it was given.
func (c *crud) create(path, template string, n *edm.Navigation) (key, text string, err error) {
	c.made++
	body, text := bodyOf(n.Target(), c.required(template, n.Target()), fmt.Sprintf("k%d", c.made))
	if say, ok := meant[n.Target().Name]; ok {
		c.at = path
		text = say(c, body, text)
	}
	to := path
	if n.Name == "items" && n.Target().Name == "microsoft.graph.driveItem" { // what a drive holds is made in its folders
		to += "/root/children"
	}
	made, err := c.call("POST", to, body, 200, 201, 202, 204)
	if err != nil {
		return "", "", err
	}
	t, _ := concrete(n.Target())
	key, _ = made[keyOf(t)].(string)
	if key == "" { // an answer without body: the only member is the new one
		listed, err := c.call("GET", path, nil, 200)
		if err != nil {
			return "", "", err
		}
		for _, m := range emulatortest.Members(listed) {
			if text == "" || m[text] == body[text] {
				key, _ = m[keyOf(t)].(string)
			}
		}
	}
	if key == "" {
		return "", "", fmt.Errorf("POST %s: no %s in %v", path, keyOf(t), made)
	}
	if text != "" && len(made) > 0 && made[text] != body[text] {
		return "", "", fmt.Errorf("POST %s: %s is %v, was sent as %v", path, text, made[text], body[text])
	}
	return key, text, nil
}

// required are the properties that page and workload ask for beside the schema.
func (c *crud) required(template string, t *edm.Type) []string {
	required := slices.Clone(requiredBy[t.Name])
	catalog := fixtures.Operations(c.Version)
	op, ok, err := catalog.Operation("POST", template)
	if err == nil && !ok {
		op, ok, err = catalog.Elsewhere(fixtures.Road{Type: string(t.Name), Method: "POST", To: fixtures.RoadMany})
	}
	if err == nil && ok {
		required = append(required, op.Required...)
	}
	return required
}

// requiredBy are the traits of workloads that the schema does not say.
var requiredBy = map[edm.Name][]string{
	"microsoft.graph.user":                                  {"accountEnabled", "displayName", "mailNickname", "userPrincipalName", "passwordProfile"}, // B-4.6
	"microsoft.graph.group":                                 {"displayName", "mailEnabled", "mailNickname", "securityEnabled"},                         // B-4.7
	"microsoft.graph.presence":                              {"activity", "availability"},                                                              // B-11.40
	"microsoft.graph.unifiedRoleAssignment":                 {"roleDefinitionId", "principalId"},                                                       // C-10.10
	"microsoft.graph.attributeSet":                          {"id"},                                                                                    // C-10.10
	"microsoft.graph.customSecurityAttributeDefinition":     {"attributeSet", "name", "type", "status", "isCollection", "isSearchable", "usePreDefinedValuesOnly"},
	"microsoft.graph.b2xIdentityUserFlow":                   {"id"},
	"microsoft.graph.externalConnectors.externalConnection": {"id", "name"},
	"microsoft.graph.unifiedRoleAssignmentScheduleRequest":  {"action", "principalId", "roleDefinitionId"},
	"microsoft.graph.unifiedRoleEligibilityScheduleRequest": {"action", "principalId", "roleDefinitionId"},
}

// meant changes bodies whose values mean something to a workload; it returns the text
// property that tells members apart.
var meant = map[edm.Name]func(c *crud, body map[string]any, text string) string{
	"microsoft.graph.driveItem": func(c *crud, body map[string]any, text string) string { // B-14.55
		facet := "file"
		if strings.HasSuffix(c.at, "/bundles") {
			facet = "bundle"
		}
		body["name"], body[facet] = fmt.Sprintf("chart %d", c.made), map[string]any{}
		return text
	},
	"microsoft.graph.columnDefinition": func(_ *crud, body map[string]any, text string) string { // B-14.170
		body["text"] = map[string]any{}
		return text
	},
	"microsoft.graph.baseSitePage": func(_ *crud, body map[string]any, text string) string { // B-14.193
		body["@odata.type"] = "#microsoft.graph.sitePage"
		return text
	},
	"microsoft.graph.user": func(c *crud, body map[string]any, text string) string { // B-4.8, B-2.33
		body["mailNickname"], body["passwordProfile"] = fmt.Sprintf("k%d", c.made), map[string]any{"password": "harbour-Gale-7"}
		return text
	},
	"microsoft.graph.group": func(c *crud, body map[string]any, text string) string { // B-4.7
		body["mailNickname"], body["mailEnabled"] = fmt.Sprintf("k%d", c.made), false
		return text
	},
	"microsoft.graph.federatedIdentityCredential": func(c *crud, body map[string]any, text string) string { // B-12.32
		body["name"], body["issuer"], body["subject"] = fmt.Sprintf("k%03d", c.made), "https://ci.northgale.test", fmt.Sprintf("k%d", c.made)
		body["audiences"] = []any{"api://AzureADTokenExchange"}
		return text
	},
	"microsoft.graph.servicePrincipal": func(c *crud, body map[string]any, text string) string { // B-12.4
		app, err := c.call("POST", "/applications", map[string]any{"displayName": "Tide table"}, 201)
		if err != nil {
			c.t.Error(err)
		}
		body["appId"] = app["appId"]
		return text
	},
	"microsoft.graph.temporaryAccessPassAuthenticationMethod": func(_ *crud, body map[string]any, text string) string {
		delete(body, text) // the service says why a pass can be used or not
		return ""
	},
	"microsoft.graph.directoryRole": func(c *crud, body map[string]any, text string) string { // B-12.11
		body["roleTemplateId"] = [...]string{"62e90394-69f5-4237-9190-012177145e10", "729827e3-9c14-49f7-bb1b-9608f156bbb8", "fe930be7-5e62-47db-91af-98c3a49a38b1"}[c.made%3]
		delete(body, text)
		return ""
	},
	"microsoft.graph.team": func(_ *crud, body map[string]any, text string) string { // B-12.2
		body["template@odata.bind"] = "https://graph.microsoft.com/v1.0/teamsTemplates('standard')"
		return text
	},
	"microsoft.graph.oAuth2PermissionGrant": func(_ *crud, body map[string]any, text string) string { // C-10.10
		delete(body, text)
		body["clientId"], body["consentType"] = "5d2e9a71-0b3c-4f68-a1d4-7c8e90b2f613", "AllPrincipals"
		body["resourceId"], body["scope"] = "5d2e9a71-0b3c-4f68-a1d4-7c8e90b2f613", "User.Read"
		return "scope"
	},
	"microsoft.graph.extensionProperty": func(c *crud, body map[string]any, text string) string { // B-4.57
		body["name"], body["dataType"], body["targetObjects"] = fmt.Sprintf("k%d", c.made), "String", []string{"User"}
		delete(body, text)
		return ""
	},
	"microsoft.graph.appRoleAssignment": func(c *crud, body map[string]any, text string) string { // B-4.46
		body["principalId"], body["resourceId"] = "c26302f8-02f8-c263-f802-63c2f80263c2", "5d2e9a71-0b3c-4f68-a1d4-7c8e90b2f613"
		body["appRoleId"] = "00000000-0000-0000-0000-000000000000"
		delete(body, text)
		switch parts := strings.Split(c.at, "/"); parts[len(parts)-1] {
		case "appRoleAssignments":
			if len(parts) > 2 {
				body["principalId"] = parts[len(parts)-2]
			}
		case "appRoleAssignedTo":
			body["resourceId"] = parts[len(parts)-2]
		}
		return ""
	},
	"microsoft.graph.unifiedRoleAssignment": func(c *crud, body map[string]any, text string) string { // C-10.10
		body["principalId"], body["roleDefinitionId"] = "c26302f8-02f8-c263-f802-63c2f80263c2", "729827e3-9c14-49f7-bb1b-9608f156bbb8"
		delete(body, text)
		body["directoryScopeId"] = "/"
		return ""
	},
	"microsoft.graph.unifiedRoleAssignmentScheduleRequest":  asked,
	"microsoft.graph.unifiedRoleEligibilityScheduleRequest": asked,
	"microsoft.graph.attributeSet": func(c *crud, body map[string]any, text string) string { // C-10.10
		body["id"] = fmt.Sprintf("k%d", c.made)
		return text
	},
	"microsoft.graph.domain": func(c *crud, body map[string]any, text string) string { // C-10.10
		body["id"] = fmt.Sprintf("k%d.test", c.made)
		return text
	},
	"microsoft.graph.b2xIdentityUserFlow": func(c *crud, body map[string]any, text string) string { // C-10.10
		body["id"] = fmt.Sprintf("B2X_1_k%d", c.made)
		return text
	},
	"microsoft.graph.externalConnectors.externalConnection": func(c *crud, body map[string]any, text string) string { // C-10.10
		body["id"] = fmt.Sprintf("k%d", c.made)
		return text
	},
	"microsoft.graph.customSecurityAttributeDefinition": func(c *crud, body map[string]any, text string) string { // C-10.10
		if _, err := c.call("POST", "/directory/attributeSets", map[string]any{"id": fmt.Sprintf("s%d", c.made)}, 201); err != nil {
			c.t.Error(err)
		}
		delete(body, text)
		body["attributeSet"], body["name"] = fmt.Sprintf("s%d", c.made), fmt.Sprintf("k%d", c.made)
		return ""
	},
	"microsoft.graph.scopedRoleMembership": func(_ *crud, body map[string]any, text string) string { // C-10.10
		delete(body, text)
		body["roleId"], body["roleMemberInfo"] = "e94b7c20-83d1-4a56-b0f7-19c2d8e6a745", map[string]any{"id": "c26302f8-02f8-c263-f802-63c2f80263c2"}
		return ""
	},
	"microsoft.graph.accessPackageResourceRequest": func(_ *crud, body map[string]any, text string) string { // C-10.10
		delete(body, text)
		body["catalog"] = map[string]any{"id": "9f1f2c04-5f0b-4b3c-8a5e-6a1c3d9be701"}
		return ""
	},
	"microsoft.graph.invitation": func(c *crud, body map[string]any, text string) string { // B-12.3
		body["invitedUserEmailAddress"], body["inviteRedirectUrl"] = fmt.Sprintf("k%d@harborlight.test", c.made), "https://roster.northgale.test"
		return text
	},
	"microsoft.graph.schemaExtension": func(c *crud, body map[string]any, text string) string { // B-4.58
		body["id"], body["targetTypes"] = fmt.Sprintf("k%d", c.made), []string{"User"}
		body["properties"] = []map[string]string{{"name": "berth", "type": "String"}}
		return text
	},
}

// asked is a request of privileged identity management that can be granted (C-10.10).
func asked(c *crud, body map[string]any, text string) string {
	body["action"], body["principalId"], body["roleDefinitionId"] = "adminAssign", "c26302f8-02f8-c263-f802-63c2f80263c2", "729827e3-9c14-49f7-bb1b-9608f156bbb8"
	delete(body, text)
	body["directoryScopeId"] = "/"
	return ""
}

func keyOf(t *edm.Type) string {
	for b := t; b != nil; b = b.Base() {
		if len(b.Key) > 0 {
			return b.Key[0]
		}
	}
	return "id"
}

// run walks a way, making parents, and runs the collection at its end through
// create, read, update, list, delete and the 404 after it.
func (c *crud) run(r way) error {
	path, template := "", ""
	for i, n := range r {
		path, template = path+"/"+n.Name, template+"/"+n.Name
		if i == len(r)-1 {
			break
		}
		if n.Type.Many {
			key, _, err := c.create(path, template, n)
			if err != nil {
				return fmt.Errorf("parent: %w", err)
			}
			path, template = path+"/"+url.PathEscape(key), template+"/{}"
		}
	}
	if _, ok := concrete(r.last().Target()); !ok {
		return nil // nothing can be made of an abstract type without types below it
	}
	key, text, err := c.create(path, template, r.last())
	if err != nil {
		return err
	}
	return c.life(path, key, text, r.last())
}

func (c *crud) life(path, key, text string, n *edm.Navigation) error {
	t, _ := concrete(n.Target())
	one := path + "/" + url.PathEscape(key)
	got, err := c.call("GET", one, nil, 200)
	if err != nil {
		return err
	}
	if got[keyOf(t)] != key {
		return fmt.Errorf("GET %s: %s is %v", one, keyOf(t), got[keyOf(t)])
	}
	switch {
	case text != "" && n.Caps.Has(edm.NoUpdate):
		_, err = c.excluded("PATCH", one, map[string]any{text: "another text"}, 200)
	case text != "":
		err = c.change(one, text)
	}
	if err != nil {
		return err
	}
	if err := c.listed(path, key, t, true); err != nil {
		return err
	}
	if n.Caps.Has(edm.NoDelete) {
		gone, err := c.excluded("DELETE", one, nil, 204)
		if err != nil || gone {
			return err
		}
		_, err = c.call("GET", one, nil, 200)
		return err
	}
	if _, err := c.call("DELETE", one, nil, 200, 202, 204); err != nil {
		return err
	}
	missing := 404
	if path == "/shares" { // a sharing token that is none (recorded)
		missing = 400
	}
	for _, method := range [...]string{"GET", "DELETE"} {
		if _, err := c.call(method, one, nil, missing); err != nil {
			return fmt.Errorf("after DELETE: %w", err)
		}
	}
	return c.listed(path, key, t, false)
}

// excluded calls what the metadata excludes: it is refused, unless a page has it (B-2.29).
func (c *crud) excluded(method, one string, body map[string]any, ok int) (done bool, err error) {
	op, err := c.Handler.(*emulator.Server).Catalog().Operation(c.Version, method, one)
	if err != nil {
		return false, err
	}
	if op.Documented == nil {
		ok = 400
	}
	_, err = c.call(method, one, body, ok)
	return ok != 400, err
}

func (c *crud) change(one, text string) error {
	if _, err := c.call("PATCH", one, map[string]any{text: "another text"}, 200, 202, 204); err != nil {
		return err
	}
	got, err := c.call("GET", one, nil, 200)
	if err == nil && got[text] != "another text" {
		err = fmt.Errorf("GET %s after PATCH: %s is %v", one, text, got[text])
	}
	return err
}

func (c *crud) listed(path, key string, t *edm.Type, want bool) error {
	if strings.HasSuffix(path, "/deletedItems") { // B-4.29
		path += "/" + string(t.Name)
	}
	defer func(before string) { c.prefer = before }(c.prefer)
	c.prefer = "odata.maxpagesize=999" // cut to what the service allows, where $top is refused
	got, err := c.call("GET", path, nil, 200)
	if err != nil {
		return err
	}
	found := slices.ContainsFunc(emulatortest.Members(got), func(m map[string]any) bool { return m[keyOf(t)] == key })
	if found != want {
		return fmt.Errorf("GET %s: member %s is there: %v, want %v", path, key, found, want)
	}
	return nil
}
