package teams

import (
	"net/url"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

const (
	team    edm.Name = "microsoft.graph.team"
	channel edm.Name = "microsoft.graph.channel"
	member  edm.Name = "microsoft.graph.conversationMember"
	person  edm.Name = "microsoft.graph.aadUserConversationMember"
	user    edm.Name = "microsoft.graph.user"
	group   edm.Name = "microsoft.graph.group"

	general = "General" // the channel that every team has
	byBind  = "user@odata.bind"
)

// templates are what teams are made of.
func templates() (out []value.Members) {
	for _, id := range [...]string{"standard", "educationClass", "educationStaff", "educationProfessionalLearningCommunity",
		"retailStore", "retailManagerCollaboration", "healthcareWard", "healthcareHospital"} {
		out = append(out, value.Members{{Name: "id", Value: value.String(id)}})
	}
	return out
}

func service(c *workload.Call) *workload.Node {
	return &workload.Node{Type: c.Model.Root(), Exists: true}
}

// newTeam makes a team with its group and its channel. It has the group's id (B-12.2).
func newTeam(c *workload.Call) (workload.Result, error) {
	if c.Loading() || c.Presumes() {
		return c.Next()
	}
	if err := founded(c); err != nil {
		return workload.Result{}, err
	}
	of, err := groupOf(c)
	if err != nil {
		return workload.Result{}, err
	}
	if _, taken := c.Tx.Find(0, "teams", of.Text("id")); taken {
		return workload.Result{}, grapherr.Exists("team", of.Text("id"))
	}
	body := c.Body.Clone()
	body.Set("id", value.String(of.Text("id")))
	for _, name := range [...]string{"displayName", "description", "visibility"} {
		if v, ok := of.Get(name); ok {
			body.Set(name, v)
		}
	}
	c.Body = body
	res, err := c.Next()
	if err != nil {
		return res, err
	}
	made := res.One.Node
	if _, err := c.System.Create(c, &made, "channels", value.Members{{Name: "displayName", Value: value.String(general)},
		{Name: "description", Value: value.String(of.Text("description"))}, {Name: "membershipType", Value: `"standard"`}}); err != nil {
		return res, err
	}
	if c.Tx.Count(made.Ref, "members") > 0 {
		return res, nil
	}
	for ref := range c.Tx.Members(of.Ref, "owners", 0) { // who owns the group owns the team
		if _, _, id, ok := c.Tx.Owner(ref); ok {
			_, err := c.System.Post(c, &made, "members", value.Members{{Name: "@odata.type", Value: value.String("#" + string(person))},
				{Name: "roles", Value: `["owner"]`}, {Name: byBind, Value: value.String("users/" + id)}}, nil)
			if err != nil {
				return res, err
			}
		}
	}
	return res, nil
}

// founded refuses a team that is made of nothing, and one that nobody would own.
func founded(c *workload.Call) error {
	raw, bound := c.Sent.Get("template@odata.bind")
	link, _ := raw.Text()
	template, err := c.System.Member(c, service(c), "teamsTemplates", lastKey(link))
	_, group := c.Sent.Get("group@odata.bind")
	switch {
	case err != nil:
		return err
	case bound && !template.Exists:
		return grapherr.NotFound("teamsTemplate", lastKey(link))
	case !bound && !group:
		return grapherr.BadRequest("Failed to execute Templates backend request CreateTeamFromTemplateRequest.").
			Because("A team is made of a template or of a group.", "Send template@odata.bind.")
	case !group && c.Caller.AppOnly:
		if owners(c.Sent) != 1 {
			return grapherr.BadRequest("Failed to execute Templates backend request CreateTeamFromTemplateRequest.").
				Because("An application names exactly one owner in members.", "")
		}
	}
	return nil
}

// owners counts the members of a body that are to be owners.
func owners(sent value.Members) (n int) {
	members, _ := sent.Get("members")
	if members.Kind() != value.KindArray {
		return 0
	}
	for el := range members.Elements() {
		if el.Kind() != value.KindObject {
			continue
		}
		if roles, _ := el.Members().Get("roles"); roles.Kind() == value.KindArray && slices.Contains(slices.Collect(roles.Elements()), value.Raw(`"owner"`)) {
			n++
		}
	}
	return n
}

// putTeam makes the team of a group that has none.
func putTeam(c *workload.Call) (workload.Result, error) {
	of := c.Self.Home.Owner
	if c.Loading() || c.Presumes() || of == nil || !of.Type.Is(group) || !of.Exists {
		return c.Next()
	}
	if c.Self.Exists {
		return workload.Result{}, grapherr.Exists("team", of.Text("id"))
	}
	sent := c.Sent.Clone()
	sent.Set("group@odata.bind", value.String("groups/"+of.Text("id")))
	n, err := c.System.Post(c, service(c), "teams", sent, nil)
	return workload.Result{Status: 201, One: &workload.Entity{Node: n}, Created: true}, err
}

// away takes the team of a deleted group along: it waits below the group, and goes for good
// with it.
func away(c *workload.Call) (workload.Result, error) {
	ref, ok := c.Tx.Find(0, "teams", c.Self.Text("id"))
	if !ok {
		return workload.Result{}, nil
	}
	if _, there := c.Tx.Get(c.Self.Ref); !there {
		return workload.Result{}, c.System.Delete(c, ref)
	}
	if !c.Tx.Detached(c.Self.Ref) {
		return workload.Result{}, nil
	}
	n, err := c.System.Member(c, service(c), "teams", c.Self.Text("id"))
	if err != nil {
		return workload.Result{}, err
	}
	return workload.Result{}, c.System.Move(c, &n, &c.Self, "team", "")
}

// back brings the team of a restored group where teams are.
func back(c *workload.Call) (workload.Result, error) {
	if _, ok := c.Tx.One(c.Self.Ref, "team"); !ok {
		return workload.Result{}, nil
	}
	n, err := c.System.Member(c, &c.Self, "team", "")
	if err != nil {
		return workload.Result{}, err
	}
	return workload.Result{}, c.System.Move(c, &n, service(c), "teams", "")
}

// groupOf is the group that a team is made of: the one in the body, or a new one.
func groupOf(c *workload.Call) (workload.Node, error) {
	root := service(c)
	if raw, ok := c.Sent.Get("group@odata.bind"); ok {
		text, _ := raw.Text()
		n, err := c.System.Member(c, root, "groups", lastKey(text))
		types, _ := n.Get("groupTypes")
		switch {
		case err != nil:
		case !n.Exists:
			err = grapherr.NotFound("team", lastKey(text))
		case !strings.Contains(string(types), `"Unified"`):
			err = grapherr.BadRequest("The group is not a Microsoft 365 group.")
		case c.Tx.Count(n.Ref, "owners") == 0:
			err = grapherr.BadRequest("The group has no owner.").Because("A team is made of a group with at least one owner.", "")
		}
		return n, err
	}
	name := c.Body.Text("displayName")
	if name == "" {
		return workload.Node{}, grapherr.Required("team", "displayName")
	}
	m := value.Members{{Name: "displayName", Value: value.String(name)}, {Name: "groupTypes", Value: `["Unified"]`}, {Name: "mailEnabled", Value: "true"},
		{Name: "mailNickname", Value: value.String(free(c, nickname(name)))}, {Name: "securityEnabled", Value: "false"}, {Name: "resourceProvisioningOptions", Value: `["Team"]`}}
	for _, copied := range [...]string{"description", "visibility"} {
		if v, ok := c.Body.Get(copied); ok {
			m.Set(copied, v)
		}
	}
	return c.System.Create(c, root, "groups", m)
}

// free is a nickname that no group has: another team may be named alike.
func free(c *workload.Call, nick string) string {
	for range c.Tx.Lookup(workload.IndexOf(group, "mailNickname"), nick) {
		return nick + c.Tx.NewGUID()[:8]
	}
	return nick
}

// nickname is the part of a group's address before the @, made of its name.
func nickname(name string) string {
	return strings.Map(func(r rune) rune {
		if r > ' ' && r < 0x7f && !strings.ContainsRune(`@()\[]";:.<>,`, r) {
			return r
		}
		return -1
	}, name)
}

// lastKey is the key that the URL of an entity ends in.
func lastKey(link string) string {
	link = link[strings.LastIndexByte(link, '/')+1:]
	if plain, err := url.PathUnescape(link); err == nil {
		link = plain
	}
	if _, in, ok := strings.Cut(link, "('"); ok {
		link = strings.TrimSuffix(in, "')")
	}
	return link
}

// newMember knows the user that it stands for. A member of a team is one of its group,
// and an owner an owner (B-12.24).
func newMember(c *workload.Call) (workload.Result, error) {
	raw, bound := c.Sent.Get(byBind)
	if !bound || c.Loading() {
		return c.Next()
	}
	if c.Sent.Text("@odata.type") == "" {
		return workload.Result{}, grapherr.BadRequest("A member with '%s' needs '@odata.type', such as '#%s'.", byBind, person)
	}
	link, _ := raw.Text()
	who, err := c.System.Member(c, service(c), "users", lastKey(link))
	if err != nil || !who.Exists || who.Ref <= 0 {
		return c.Next() // the link says what is wrong
	}
	body := c.Body.Clone()
	body.Set("userId", value.String(who.Text("id")))
	body.SetMissing("displayName", value.String(who.Text("displayName")))
	if mail, ok := who.Get("mail"); ok {
		body.Set("email", mail)
	}
	c.Body = body
	in := c.Self
	res, err := c.Next()
	if err != nil || !in.Type.Is(team) {
		return res, err
	}
	of, err := c.System.Member(c, service(c), "groups", in.Text("id"))
	if err != nil || !of.Exists {
		return res, err
	}
	navs := []string{"members"}
	roles, _ := body.Get("roles")
	if slices.Contains(slices.Collect(roles.Elements()), value.Raw(`"owner"`)) {
		navs = append(navs, "owners")
	}
	for _, nav := range navs {
		if err := c.System.Link(c, &of, nav, who.Ref); err != nil {
			return res, err
		}
	}
	return res, nil
}

// dropChannel keeps the channel that every team has (B-12.2).
func dropChannel(c *workload.Call) (workload.Result, error) {
	if c.Self.Exists && c.Self.Text("displayName") == general {
		return workload.Result{}, grapherr.BadRequest("The General channel of a team cannot be deleted.")
	}
	return c.Next()
}

// joined finds the teams whose group a user is a member of.
func joined(tx *store.Reader, user store.Ref) (teams []store.Ref) {
	for l := range tx.Referrers(user) {
		if from, nav, id, _ := tx.Owner(l.From); l.Nav == "members" && from == 0 && nav == "groups" {
			if ref, ok := tx.Find(0, "teams", id); ok {
				teams = append(teams, ref)
			}
		}
	}
	return teams
}

// chats shows the chats that a user is a member of, and those made below the user.
func chats() workload.View {
	v := workload.Related(user, "chats", chatsOf)
	v.Computed = false // one may be made there
	return v
}

func chatsOf(tx *store.Reader, user store.Ref) []store.Ref {
	found := slices.Collect(tx.Members(user, "chats", 0))
	_, _, id, _ := tx.Owner(user)
	for ref := range tx.Lookup(workload.IndexOf(person, "userId"), id) {
		of, _, _, _ := tx.Owner(ref)
		if from, nav, _, _ := tx.Owner(of); from == 0 && nav == "chats" {
			found = append(found, of)
		}
	}
	return found
}

// teamOf finds the team of a group, which has its id.
func teamOf(s workload.Scope, owner *workload.Node, _ string) (workload.Item, bool) {
	if ref, ok := s.Tx.Find(0, "teams", owner.Text("id")); ok {
		return workload.Item{Ref: ref}, true
	}
	if owner.Ref == workload.NoRef {
		return workload.Item{}, false
	}
	ref, ok := s.Tx.One(owner.Ref, "team")
	return workload.Item{Ref: ref}, ok
}

// primary finds the channel that every team has.
func primary(s workload.Scope, owner *workload.Node, _ string) (workload.Item, bool) {
	if owner.Ref == workload.NoRef {
		return workload.Item{}, false
	}
	for ref, e := range s.Tx.Entities(owner.Ref, "channels", 0, nil) {
		if name, _ := e.Object.Get("displayName"); name == value.String(general) {
			return workload.Item{Ref: ref}, true
		}
	}
	ref, ok := s.Tx.One(owner.Ref, "primaryChannel")
	return workload.Item{Ref: ref}, ok
}

// groupBehind finds the group of a team, which has its id.
func groupBehind(s workload.Scope, owner *workload.Node, _ string) (workload.Item, bool) {
	ref, ok := s.Tx.Find(0, "groups", owner.Text("id"))
	return workload.Item{Ref: ref}, ok
}
