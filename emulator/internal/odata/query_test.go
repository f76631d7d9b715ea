package odata

import (
	"strings"
	"testing"
)

func TestParseQuery(t *testing.T) {
	t.Attr("rules", "B-3.8 B-3.13 B-3.16 B-3.18 B-3.30 B-3.33 C-3.6 C-3.7 C-3.12 C-7.4")
	for _, tt := range []struct{ query, want string }{
		{"", ""},
		{"$select=id,displayName&$top=5", "$select=id,displayName&$top=5"},
		{"%24filter=a+eq+'x'&%24top=5", "$filter=a%20eq%20'x'&$top=5"}, // C-3.6
		{"select=id&TOP=5&$OrderBy=a%20desc,b+asc", "$select=id&$orderby=a%20desc,b&$top=5"},
		{"$filter=&$select=&$top=", ""},                              // C-3.7
		{"$select=id, displayName ,id,ID", "$select=id,displayName"}, // C-3.7
		{"$select=*", "$select=*"},                                   // B-3.18
		{"$select=start/dateTime,microsoft.graph.user/mail", "$select=start/dateTime,microsoft.graph.user/mail"},
		{"$filter=mail eq 'a%2Bb'", "$filter=mail%20eq%20'a%2Bb'"}, // B-3.13
		{"$filter=x eq '%2527'", "$filter=x%20eq%20'%2527'"},       // B-3.16
		{"$filter=a eq @p&@p='x'", "$filter=a%20eq%20@p&@p='x'"},   // B-3.8
		{"$count=TRUE&$skip=0", "$skip=0&$count=true"},
		{"startDateTime=2026-11-22&$top=1&search=harbour", "$top=1&$search=harbour&startDateTime=2026-11-22"},
		{"$expand=manager($levels=max;$select=id,displayName)", "$expand=manager($select=id,displayName;$levels=max)"}, // B-3.30
		{"$expand=*", "$expand=*"},                                                                                     // C-3.12
		{"expand=catalog,members/microsoft.graph.user,owners/$ref", "$expand=catalog,members/microsoft.graph.user,owners/$ref"},
		{"$expand=children(select=id;expand=thumbnails(top=2;filter=a eq ';)'))", "$expand=children($select=id;$expand=thumbnails($filter=a%20eq%20';)';$top=2))"},
		{"$expand=singleValueExtendedProperties($filter=id eq 'String {guid} Name x')", "$expand=singleValueExtendedProperties($filter=id%20eq%20'String%20%7Bguid%7D%20Name%20x')"}, // B-3.33
		{"$skipToken=X'44'&$deltaTOKEN=latest&$format=json", "$format=json&$skiptoken=X'44'&$deltatoken=latest"},                                                                     // C-7.4
		{"$search=\"displayName:a b\" OR \"mail:c\"", "$search=%22displayName:a%20b%22%20OR%20%22mail:c%22"},
		{"$filter=100%25 eq 1&x=50%", "Invalid filter clause: Syntax error: character '%' is not valid at position 3 in '100% eq 1'."},
		{"x=50%&y=%zz", "x=50%25&y=%25zz"},
		{"$top=-1", "Invalid value '-1' for $top query option found. The $top query option requires a non-negative integer value."},
		{"$count=maybe", "Invalid value 'maybe' for $count query option found. Valid values are 'true' or 'false'."},
		{"$top=1&top=2", "Query option '$top' was specified more than once, but it must be specified at most once."},
		{"$filter=a eq 1&$filter=", "$filter=a%20eq%201"},
		{"$filter=a eq @p&@p=@p", "Invalid filter clause: Recursion limit reached."},
		{"$select=a,,b", "Parsing OData Select and Expand failed: Syntax error at position 2 in 'a,,b'."},
		{"$select=a b", "Parsing OData Select and Expand failed: Syntax error at position 2 in 'a b'."},
		{"$expand=a($select=b", "Parsing OData Select and Expand failed: ')' or operator expected at position 11 in 'a($select=b'."},
		{"$expand=a($apply=b)", "Parsing OData Select and Expand failed: Term '$apply' is not valid in a $select or $expand expression."},
		{"$expand=a($levels=0)", "Parsing OData Select and Expand failed: $levels option must be a non-negative integer or 'max', it is set to '0' instead."},
		{"$expand=" + strings.Repeat("a($expand=", 60) + "b" + strings.Repeat(")", 60), "Parsing OData Select and Expand failed: Recursion limit reached."},
		{"$expand=()", "Parsing OData Select and Expand failed: Syntax error at position 0 in '()'."},
		{"$orderby=a desc b", "Invalid orderby clause: Syntax error at position 7 in 'a desc b'."},
		{"a=%ff", "The query string is not valid UTF-8."},
	} {
		q, err := ParseQuery(tt.query)
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			got = q.String()
		}
		if got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.query, got, tt.want)
		}
	}
}

func TestQueryKinds(t *testing.T) {
	t.Attr("rules", "B-3.10 B-3.86")
	if _, err := ParseQuery("$foo=1&$apply=x&token=latest&Search=h&$search=\"a:b\""); err == nil {
		t.Fatal("two searches passed")
	}
	q, err := Syntax{Dollar: true}.ParseQuery("$foo=1&$apply=x&Token=latest&Search=h&select=id")
	if err != nil {
		t.Fatal(err)
	}
	var unknown []string
	for _, e := range q.Unknown {
		unknown = append(unknown, e.Message)
	}
	if got, want := strings.Join(unknown, " "), "The query parameter '$foo' is not supported. The query parameter '$apply' is not supported."; got != want { // B-3.86
		t.Errorf("got %s want %s", got, want)
	}
	if v, ok := q.Param("search"); !ok || v != "h" { // B-3.10
		t.Errorf("search = %q, %v", v, ok)
	}
	if v, _ := q.Param("token"); v != "latest" || q.Select != nil || q.Has("$select") {
		t.Errorf("token = %q, select = %v", v, q.Select)
	}
}

func TestAliases(t *testing.T) {
	t.Attr("rules", "B-3.8")
	q, err := ParseQuery("$filter=a in @l and b eq @p and c eq @none&@l=[\"x\",'y']&@p=@q&@q=5")
	if err != nil {
		t.Fatal(err)
	}
	want := "(and (and (in a @l=[Edm.String:x Edm.String:y]) (eq b @p=@q=Edm.Int32:5)) (eq c @none=))"
	if got := shape(q.Filter); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

func TestSearch(t *testing.T) {
	t.Attr("rules", "B-3.79 B-3.81 B-3.82")
	for _, tt := range []struct{ text, want, words string }{
		{`"displayName:Ida"`, `"displayName:Ida"`, `"displayName:Ida"`}, // B-3.79
		{`"displayName:Ida" OR "mail:x" AND "a:b"`, `"displayName:Ida" OR "mail:x" AND "a:b"`, `"displayName:Ida" OR "mail:x" AND "a:b"`},
		{`("a:1" OR "b:2") "c:3"`, `("a:1" OR "b:2") AND "c:3"`, `("a:1" OR "b:2") AND "c:3"`},
		{`NOT ("a:1" OR "b:2")`, `NOT ("a:1" OR "b:2")`, `NOT ("a:1" OR "b:2")`},
		{`"a:say \"hi\" \\ now"`, `"a:say \"hi\" \\ now"`, ``},
		{`displayName:Ida`, `Syntax error: character ':' is not valid at position 11 in 'displayName:Ida'.`, `"displayName:Ida"`}, // B-3.81
		{`"Ida"`, `Syntax error: the clause 'Ida' at position 0 in '"Ida"' names no property.`, `"Ida"`},
		{`"a:b`, `There is an unterminated string literal at position 4 in '"a:b'.`, `"a:b"`},
		{`"a:b" or "c:d"`, `Syntax error: character 'o' is not valid at position 6 in '"a:b" or "c:d"'.`, ``},
		{`("a:b"`, `Expression expected at position 6 in '("a:b"'.`, `"a:b"`},
		{`pizza party`, `Syntax error: character 'p' is not valid at position 0 in 'pizza party'.`, `"pizza" AND "party"`}, // B-3.82
		{`"from:ida subject:\"big ship\" OR berth"`, ``, `"from:ida" AND "subject:big ship" OR "berth"`},
		{`NOT a (b OR) )`, ``, `NOT "a" AND "b"`},
	} {
		s := &Search{Text: tt.text}
		e, err := s.Clauses()
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			got = e.String()
		}
		if tt.want != "" && got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.text, got, tt.want)
		}
		if words := s.Words().String(); tt.words != "" && words != tt.words {
			t.Errorf("words of %s\n got %s\nwant %s", tt.text, words, tt.words)
		}
	}
}

func FuzzParseQuery(f *testing.F) {
	for _, s := range []string{"$select=a,b/c&$top=5", "$expand=a($select=b;$filter=c eq ';'),d/$ref", "filter=a eq @p&@p=1", "$search=\"a:b\" OR \"c:d\"",
		"$orderby=a desc,length(b)", "$count=true&x=%26+1", "$expand=a($levels=max;$search=\"x;)\")", "$skip=1&$foo=2&select=*", "$expand=()"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		q, err := ParseQuery(in)
		if err != nil {
			return
		}
		again, err := ParseQuery(q.String())
		if err != nil || again.String() != q.String() {
			t.Fatalf("%q prints as %q, which reads as %q: %v", in, q, again, err)
		}
		if q.Search == nil {
			return
		}
		q.Search.Words()
		if e, err := q.Search.Clauses(); err == nil {
			if again, err := (&Search{Text: e.String()}).Clauses(); err != nil || again.String() != e.String() {
				t.Fatalf("%q prints as %q, which reads as %q: %v", q.Search.Text, e, again, err)
			}
		}
	})
}

func BenchmarkParseQuery(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseQuery("$select=id,displayName&$filter=displayName%20eq%20'Ida'&$top=10&$count=true"); err != nil {
			b.Fatal(err)
		}
	}
}
