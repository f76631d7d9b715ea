package eval

import (
	"strings"
	"testing"

	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

func TestTokens(t *testing.T) {
	t.Attr("rules", "B-3.80")
	for _, tt := range []struct{ text, want string }{
		{"HelloWorld", "Hello|World"},
		{"HELLOworld", "HELLOworld"},
		{"hello.world", "helloworld|hello|.|world"},
		{"hello123world", "hello|123|world"},
		{"  a  b ", "a|b"},
		{"ida@northgale.test", "idanorthgaletest|ida|@|northgale|.|test"},
		{"Åse O'Hara", "Åse|OHara|O|'|Hara"},
		{"--", "-|-"},
		{"", ""},
	} {
		if got := strings.Join(patternOf(tt.text, true), "|"); got != tt.want {
			t.Errorf("%q\n got %s\nwant %s", tt.text, got, tt.want)
		}
	}
}

func TestSearch(t *testing.T) {
	users, groups := tenant(t)
	rows := append(append([]*node{}, users...), groups...)
	for _, tt := range []struct{ search, want string }{
		{`"displayName:ida"`, "u1"},
		{`"displayName:berg id"`, "u1"}, // prefixes, any order
		{`"displayName:erg"`, ""},
		{`"displayName:world"`, "g2"},
		{`"displayName:helloworld"`, "g2"}, // the joined word
		{`"displayName:hello.world"`, "g2"},
		{`"displayName:42"`, "g2"},
		{`"displayName:crew" NOT "visibility:priv"`, "g2"},
		{`"displayName:crew" OR "mail:ASE@"`, "u3 g1 g2"},
		{`("displayName:ida" OR "displayName:tomas") AND "id:u2"`, "u2"},
		{`"mail:northgale"`, ""}, // prefix of the whole value
		{`"displayName:\"quote\""`, "u3"},
		{`"tags:nor"`, "u1"},
		{`"shoeSize:x"`, "Could not find a property named 'shoeSize' on type 'microsoft.graph.directoryObject'."},
		{`"address:x"`, "The property 'address' of type 'microsoft.graph.user' holds no text to search."},
	} {
		e, err := (&odata.Search{Text: tt.search}).Clauses()
		if err != nil {
			t.Fatal(err)
		}
		f, err := CompileSearch(typeNamed(t, "directoryObject"), e, Options{})
		if got := found(f, err, rows); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.search, got, tt.want)
		}
	}
}

func found(f *Filter, err error, rows []*node) string {
	if err != nil {
		return err.Error()
	}
	var out []string
	scan := f.Scan()
	for _, r := range rows {
		if scan.Match(nodeRow{r}) {
			out = append(out, id(r))
		}
	}
	return strings.Join(out, " ")
}

func TestWords(t *testing.T) {
	t.Attr("rules", "B-3.82")
	s := value.NewShapes()
	var rows []*node
	for _, text := range []string{
		`{"id":"m1","subject":"Pizza at the quay","from":{"emailAddress":{"name":"Ida Berg","address":"ida@northgale.test"}},"toRecipients":[],"hasAttachments":true}`,
		`{"id":"m2","subject":"Berth plan","from":null,"toRecipients":[{"emailAddress":{"name":"Ida Berg","address":"ida@northgale.test"}},{"emailAddress":{"name":"Tomas","address":"tomas@northgale.test"}}],"hasAttachments":false}`,
	} {
		rows = append(rows, &node{Object: object(t, s, "message", text)})
	}
	words := Words{
		Default: []string{"subject", "from/emailAddress/name"},
		Properties: map[string][]string{"from": {"from/emailAddress/name", "from/emailAddress/address"},
			"to": {"toRecipients/emailAddress/name", "toRecipients/emailAddress/address"}, "hasattachment": {"hasAttachments"}},
	}
	for _, tt := range []struct{ search, want string }{
		{"", "m1 m2"},
		{`"pizza"`, "m1"},
		{"quay pizz", "m1"},
		{"ida", "m1"},
		{"pizza OR plan", "m1 m2"},
		{"NOT pizza", "m2"},
		{`"from:ida"`, "m1"},
		{`to:"tomas@northgale.test"`, "m2"},
		{"TO:ida", "m2"},
		{"hasAttachment:true", "m1"},
		{"berth:plan", "m2"}, // no property: two words
	} {
		f, err := CompileWords(typeNamed(t, "message"), (&odata.Search{Text: tt.search}).Words(), words, Options{})
		if got := found(f, err, rows); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.search, got, tt.want)
		}
	}
	if _, err := CompileWords(typeNamed(t, "message"), (&odata.Search{Text: "x"}).Words(), Words{Default: []string{"nope"}}, Options{}); err == nil {
		t.Error("a path that is not there passed")
	}
}
