package odata

import (
	"fmt"
	"strings"
	"testing"
)

// describe prints a path as its segments: name{params} for parentheses,
// <file> for a colon path, @off where asked.
func describe(p Path) string {
	var out []string
	for _, s := range p.Segments {
		switch {
		case s.Colon:
			out = append(out, "<"+s.Text+">")
		case s.Parens:
			var params []string
			for _, a := range s.Params {
				text := a.Value
				if a.Quoted {
					text = "'" + text + "'"
				}
				if a.Name != "" {
					text = a.Name + "=" + text
				}
				params = append(params, text)
			}
			out = append(out, s.Text+"{"+strings.Join(params, ",")+"}")
		default:
			out = append(out, "["+s.Text+"]")
		}
	}
	return strings.Join(out, " ")
}

func TestParsePath(t *testing.T) {
	t.Attr("rules", "B-3.3 B-3.4 B-3.6 B-3.8 B-3.9 B-3.12 B-3.15 B-3.16 C-1.11 C-1.13 C-1.14 C-3.1 C-3.17")
	for _, tt := range []struct{ path, want string }{
		{"", ""},
		{"/", ""},
		{"/users/ida/messages", "[users] [ida] [messages]"},
		{"users", "[users]"},
		{"/users/", "[users] []"}, // B-3.12
		{"/identity/b2cUserFlows//x", "[identity] [b2cUserFlows] [] [x]"},                                                             // C-1.11
		{"/myorganization/applications", "[myorganization] [applications]"},                                                           // C-1.14
		{"/users('a''b')/messages/$count", "users{'a'b'} [messages] [$count]"},                                                        // B-3.3
		{"/users(%27ida%27)", "users{'ida'}"},                                                                                         // C-1.13
		{"/users%28%27ida%27%29", "users{'ida'}"},                                                                                     //
		{"/users/ida%40northgale.test", "[users] [ida@northgale.test]"},                                                               // C-1.13
		{"/users/a%2520b", "[users] [a%20b]"},                                                                                         // B-3.16
		{"/users/a+b", "[users] [a+b]"},                                                                                               //
		{"/users/AAMk%2F%2B%3D", "[users] [AAMk/+=]"},                                                                                 // B-3.15
		{"/users/anna_partner.test%23EXT%23@northgale.test", "[users] [anna_partner.test#EXT#@northgale.test]"},                       // B-3.6
		{"/applications(appId='c0ffee00')", "applications{appId='c0ffee00'}"},                                                         // B-3.4
		{"/x(a='1', b=2,c=@p)", "x{a='1',b=2,c=@p}"},                                                                                  //
		{"/directoryRoles/roleTemplateId={62e9}", "[directoryRoles] [roleTemplateId={62e9}]"},                                         // C-3.1
		{"/users/delta()", "[users] delta{}"},                                                                                         // B-3.8
		{"/users/microsoft.graph.delta()", "[users] microsoft.graph.delta{}"},                                                         //
		{"/users(QUJD==)", "users{QUJD==}"},                                                                                           //
		{"/x/y(1,2)", "[x] y{}"},                                                                                                      // a key that looks like a call
		{"/sites/getByPath(path='/sites/harbour')/lists", "[sites] getByPath{path='/sites/harbour'} [lists]"},                         //
		{"/sites/getByPath(path=%27/a:/b%27)", "[sites] getByPath{path='/a:/b'}"},                                                     //
		{"/a(b/c)", "[a(b] [c)]"},                                                                                                     //
		{"/me/drive/root:/a/b.txt:/content", "[me] [drive] [root] <a/b.txt> [content]"},                                               // B-3.9
		{"/me/drive/root:/a/b.txt", "[me] [drive] [root] <a/b.txt>"},                                                                  // no closing colon
		{"/me/drive/root:/a/b.txt:", "[me] [drive] [root] <a/b.txt>"},                                                                 //
		{"/me/drive/root:", "[me] [drive] [root] <>"},                                                                                 //
		{"/me/drive/root:/:/children", "[me] [drive] [root] <> [children]"},                                                           //
		{"/me/drive/root:/a//b:/content", "[me] [drive] [root] <a//b> [content]"},                                                     //
		{"/me/drive/root:/Charts/north%20sea.pdf:/content", "[me] [drive] [root] <Charts/north sea.pdf> [content]"},                   //
		{"/drives/d/items/root%3A%2Fa%2Fb.txt%3A/createUploadSession", "[drives] [d] [items] [root] <a/b.txt> [createUploadSession]"}, // C-1.13
		{"/me/drive/root:/.%2Fa%2Fb.txt", "[me] [drive] [root] <a/b.txt>"},                                                            // abraunegg's onedrive
		{"/me/drive/root:/.%2F:/children", "[me] [drive] [root] <> [children]"},                                                       //
		{"/drives/d/items/p:/r/s:/children", "[drives] [d] [items] [p] <r/s> [children]"},                                             //
		{"/drives('d')/items('p'):/r:/children", "drives{'d'} items{'p'} <r> [children]"},                                             //
		{"/sites/h.test:/sites/harbour:/drive/root:/a:/content", "[sites] [h.test] <sites/harbour> [drive] [root] <a> [content]"},     // B-3.9
		{"/chats/19:abc_def@thread.v2/messages", "[chats] [19:abc_def@thread.v2] [messages]"},                                         //
		{"/chats/19%3Aabc%40thread.v2/messages", "[chats] [19:abc@thread.v2] [messages]"},                                             //
		{"/x/https%3A%2F%2Fnorthgale.test%2Fa", "[x] [https://northgale.test/a]"},                                                     //
		{"/groups/{id|name}/members/$ref", "[groups] [{id|name}] [members] [$ref]"},                                                   // C-3.17
		{"/groups/%7Bid%7D/photo/$value", "[groups] [{id}] [photo] [$value]"},                                                         //
	} {
		p, err := ParsePath(tt.path)
		got := describe(p)
		if err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.path, got, tt.want)
		}
	}
}

func TestPathOffsets(t *testing.T) {
	p, err := ParsePath("/users//ida/root:/a%20/b:/content")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range p.Segments {
		got = append(got, fmt.Sprintf("%d:%s", s.Off, s.Raw))
	}
	if got, want := strings.Join(got, " "), "1:users 7: 8:ida 12:root: 18:a%20/b: 26:content"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestPathErrors(t *testing.T) {
	for _, path := range []string{"/users/%ff", strings.Repeat("/a", 1001), strings.Repeat("a", maxPath+1)} {
		if _, err := ParsePath(path); err == nil {
			t.Errorf("%.20s passed", path)
		}
	}
}

func FuzzParsePath(f *testing.F) {
	for _, s := range []string{"/users('a''b')/messages/$count", "/me/drive/root:/a/b.txt:/content", "/x%3A%2Fy%3A", "//a//", "/a(b='/x'):/c",
		"/a%28b%3D'%2F", ":/::", "/root:", "/a:/b:/c:/d:", "/x(y(z))"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		p, err := ParsePath(in)
		if err != nil {
			return
		}
		again, err := ParsePath(p.String())
		if err != nil || again.String() != p.String() || describe(again) != describe(p) {
			t.Fatalf("%q prints as %q, which reads as %q: %v\n%s\n%s", in, p, again, err, describe(p), describe(again))
		}
	})
}

func BenchmarkParsePath(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParsePath("/users/c26302f8-02f8-c263-f802-63c2f80263c2/messages/AAMk/attachments"); err != nil {
			b.Fatal(err)
		}
	}
}
