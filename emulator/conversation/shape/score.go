package shape

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/interchange"
)

// Score is how much the answers of an emulator look like recorded ones.
type Score struct {
	Areas       []Area       `json:"areas"` // those with an exchange, in the order of Areas
	Differences []Difference `json:"differences"`
	Agreeing    []string     `json:"agreeing"` // operations that were compared without a difference that counts
	Untried     []Untried    `json:"untried"`
	Unreached   []Unreached  `json:"unreached"`
	// Setup lists what could not be set up in the emulator; operations that need it are untried.
	Setup []string `json:"setup,omitempty"`
}

// Area is the score of one area.
type Area struct {
	Name      string `json:"name"`
	Exchanges int    `json:"exchanges"` // recorded
	Compared  int    `json:"compared"`
	Unreached int    `json:"unreached"` // recorded members at places where ours has no value
	Members   Figure `json:"members"`
	Forms     Figure `json:"forms"`
	Errors    Figure `json:"errors"`
}

// Untried is an operation that was not compared.
type Untried struct {
	Operation string `json:"operation"`
	Exchanges int    `json:"exchanges"`
	Why       string `json:"why"`
}

// Unreached is a place where the recordings have objects and the emulator has none to compare
// them with: its entity has no value there.
type Unreached struct {
	Operation string `json:"operation"`
	Place     string `json:"place"`
	Members   int    `json:"members"` // of the recorded objects
}

// Total is the score of all areas.
func (s *Score) Total() Area {
	all := Area{Name: "all"}
	for _, a := range s.Areas {
		all.Exchanges += a.Exchanges
		all.Compared += a.Compared
		all.Unreached += a.Unreached
		all.Members.plus(a.Members)
		all.Forms.plus(a.Forms)
		all.Errors.plus(a.Errors)
	}
	return all
}

// recorded is one recorded exchange, taken apart.
type recorded struct {
	shape     *interchange.Shape
	operation string // as it is reported
	method    string
	version   string
	path      string // with {} for keys
	urlPath   string // as it was asked, below the version
	query     string // as it was asked
	status    int
	month     string
	body      []byte
}

// sameAnywhere reports whether the recorded request is the same one in any tenant: it names
// nothing but words, or an id that no other tenant has.
func (r *recorded) sameAnywhere() bool {
	return (r.status == http.StatusNotFound || r.status == http.StatusBadRequest && !strings.Contains(r.path, "{}")) && !strings.Contains(r.urlPath, "%7B")
}

// namesOthers reports whether the body of the request holds an id or an address, which means
// nothing in another tenant.
func (r *recorded) namesOthers() bool {
	body, err := r.shape.Exchange.Body.Bytes(nil)
	return err == nil && inText().Match(body)
}

func recordedOf(s *interchange.Shape) (*recorded, error) {
	method, target, _ := strings.Cut(s.Exchange.Request, " ")
	u, err := url.Parse(target)
	if err != nil {
		return nil, err
	}
	r := &recorded{shape: s, operation: s.Operation, method: method, query: strings.ReplaceAll(u.RawQuery, " ", "%20"), status: s.Exchange.Status}
	r.version, r.urlPath, _ = strings.Cut(strings.TrimPrefix(u.EscapedPath(), "/"), "/")
	r.urlPath = "/" + r.urlPath
	if !s.Recorded.IsZero() {
		r.month = s.Recorded.Format("2006-01")
	}
	if s.Operation == "" {
		r.operation, r.path = operationOf(method, r.version, r.urlPath, u.Query())
	} else if words := strings.SplitN(s.Operation, " ", 3); len(words) == 3 {
		r.path, _, _ = strings.Cut(words[2], "?")
	}
	if r.body, err = s.Exchange.Answer.Bytes(nil); err != nil {
		return nil, err
	}
	return r, nil
}

// operationOf works out the operation of a request.
func operationOf(method, version, path string, query url.Values) (operation, template string) {
	segments := strings.Split(path, "/")
	for i, seg := range segments {
		name, key, inParens := strings.Cut(seg, "(")
		switch {
		case inParens && !strings.Contains(key, "=") && len(key) > 1:
			segments[i] = name + "/{}"
		case encodedForm(seg) != "text" && encodedForm(seg) != "empty":
			segments[i] = "{}"
		}
	}
	template = strings.Join(segments, "/")
	operation = method + " " + version + " " + template
	var options []string
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if strings.Contains(name, "skiptoken") || strings.Contains(name, "deltatoken") {
			options = append(options, name)
			continue
		}
		options = append(options, name+"="+query.Get(name))
	}
	if len(options) > 0 {
		operation += "?" + strings.Join(options, "&")
	}
	return operation, template
}

// Run compares recorded exchanges with the answers of emulators. The result is the same whenever
// they give the same answers. An error says that a file of the package or a recording cannot be
// read, that a transport fails, or that ctx ends.
func Run(ctx context.Context, emulators Emulators, shapes []interchange.Shape) (*Score, error) {
	p, err := newPlan(ctx, emulators)
	if err != nil {
		return nil, err
	}
	groups := map[string][]*recorded{}
	for i := range shapes {
		r, err := recordedOf(&shapes[i])
		if err != nil {
			return nil, err
		}
		key := r.operation + fmt.Sprintf("\x00%d\x00%t", r.status/100, shapes[i].BatchPart)
		if r.status < 400 {
			p.succeeds[r.operation] = true
		} else {
			key += "\x00" + errorOf(r.body).key()
		}
		groups[key] = append(groups[key], r)
	}
	s := &scorer{plan: p, areas: map[string]*Area{}, score: &Score{Setup: p.wrong}, said: lastSaid(groups)}
	for _, key := range slices.SortedFunc(maps.Keys(groups), readsFirst) {
		if err := s.group(ctx, groups[key]); err != nil {
			return nil, err
		}
	}
	for _, name := range Areas() {
		if a := s.areas[name]; a != nil {
			s.score.Areas = append(s.score.Areas, *a)
		}
	}
	return s.score, nil
}

// readsFirst orders operations so that what writes make is not in what reads show.
func readsFirst(a, b string) int {
	rank := func(s string) int {
		return slices.Index([]string{"GET", "POST", "PUT", "PATCH", "DELETE"}, s[:strings.IndexByte(s, ' ')])
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), strings.Compare(a, b))
}

// scorer adds up the operations.
type scorer struct {
	plan  *plan
	areas map[string]*Area
	score *Score
	said  map[saying]string // the newest month in which an area said it
}

// saying is the form of a header in the answers of an area.
type saying struct{ area, name, form string }

// perService are the headers that a service sends with all of its answers.
var perService = []string{"Cache-Control", "x-ms-resource-unit"}

// lastSaid finds when successful answers of each area had the headers of their service last.
func lastSaid(groups map[string][]*recorded) map[saying]string {
	out := map[saying]string{}
	for _, group := range groups {
		for _, r := range group {
			if r.status >= 300 || len(r.shape.Exchange.AnswerHeaders) == 0 {
				continue
			}
			for _, name := range perService {
				k := saying{areaOf(r.operation), name, headerForm(name, r.header(name))}
				out[k] = max(out[k], r.month)
			}
		}
	}
	return out
}

func (s *scorer) group(ctx context.Context, group []*recorded) error {
	newest := slices.MaxFunc(group, func(a, b *recorded) int { return strings.Compare(a.month, b.month) })
	name := areaOf(newest.operation)
	area := s.areas[name]
	if area == nil {
		area = &Area{Name: name}
		s.areas[name] = area
	}
	area.Exchanges += len(group)
	a, why, err := s.plan.ask(ctx, newest)
	if err != nil {
		return err
	}
	if why == "" && a.status >= 400 && newest.status < 400 && s.plan.recipe(newest) == nil && newest.namesOthers() {
		why = "the body of the request names entities that only the recorded tenant has"
	}
	if why != "" {
		s.score.Untried = append(s.score.Untried, Untried{title(newest), len(group), why})
		return nil
	}
	area.Compared += len(group)
	g := &comparison{real: outline{}, ours: outline{}}
	errors := Figure{}
	if newest.status >= 400 {
		g.errors(group, newest, a, &errors)
	} else {
		g.success(group, newest, a, &errors)
	}
	g.headers(group, a, func(header, form string) bool {
		return slices.Contains(perService, header) && s.said[saying{name, header, form}] > newest.month
	})
	for _, place := range g.unreached {
		area.Unreached += len(names(g.real[place]))
		s.score.Unreached = append(s.score.Unreached, Unreached{title(newest), place, len(names(g.real[place]))})
	}
	area.Members.plus(g.members)
	area.Forms.plus(g.forms)
	area.Errors.plus(errors)
	for i := range g.found {
		g.found[i].Area, g.found[i].Operation = name, title(newest)
	}
	if !slices.ContainsFunc(g.found, func(d Difference) bool { return d.Kind != Extra }) {
		s.score.Agreeing = append(s.score.Agreeing, title(newest))
	}
	s.score.Differences = append(s.score.Differences, g.found...)
	return nil
}

// title is the operation as reports name it.
func title(r *recorded) string {
	out := r.operation
	if r.shape.BatchPart {
		out += " in $batch"
	}
	if r.status >= 400 {
		out += ", answered " + strconv.Itoa(r.status)
	}
	return out
}

func monthsOf(group []*recorded) (out []string) {
	for _, r := range group {
		if r.month != "" {
			out = append(out, r.month)
		}
	}
	return out
}

func (c *comparison) answer(k Kind, place, real, ours string, group []*recorded) {
	c.found = append(c.found, Difference{Kind: k, Place: place, Real: shown(real), Ours: shown(ours), Seen: len(group), Years: span(monthsOf(group))})
}

// success compares answers that are no errors.
func (c *comparison) success(group []*recorded, newest *recorded, a *answer, errors *Figure) {
	ok := a.status == newest.status
	c.forms.add(ok)
	if a.status >= 400 {
		errors.add(false)
		c.failed = true
	}
	if !ok {
		ours := strconv.Itoa(a.status)
		if a.status >= 400 {
			e := errorOf(a.body)
			ours += " " + e.Code + " " + e.Message
		}
		c.answer(Status, "status", strconv.Itoa(newest.status), ours, group)
	}
	text := false
	for _, r := range group {
		if len(r.body) > 0 && c.real.read(r.month, r.body) != nil {
			text = true
		}
	}
	if !c.failed && !text && len(a.body) > 0 {
		if err := c.ours.read("", a.body); err != nil {
			c.forms.add(false)
			c.answer(Form, "body", "JSON", "no JSON", group)
		}
	}
	if strings.HasSuffix(newest.path, "/$batch") { // its parts are compared with those of other recordings
		for _, o := range []outline{c.real, c.ours} {
			maps.DeleteFunc(o, func(place string, _ []*object) bool { return strings.HasPrefix(place, "responses[].") })
		}
	}
	c.run()
}

// headers compares the headers that say something of the service. later reports whether
// newer answers of the service have a form of a header.
func (c *comparison) headers(group []*recorded, a *answer, later func(header, form string) bool) {
	month := slices.Max(append(monthsOf(group), ""))
	if c.failed { // ours are those of another answer
		return
	}
	if !slices.ContainsFunc(group, func(r *recorded) bool { return r.month == month && len(r.shape.Exchange.AnswerHeaders) > 0 }) {
		return // they were not kept
	}
	for _, name := range []string{"Content-Type", "Cache-Control", "OData-Version", "Location", "ETag", "x-ms-resource-unit", "Retry-After"} {
		real := map[string]int{}
		for _, r := range group {
			if r.month == month {
				real[headerForm(name, r.header(name))]++
			}
		}
		ours := headerForm(name, a.header.Get(name))
		switch {
		case len(real) == 1 && real[""] > 0 && (ours == "" || name == "Content-Type"): // Content-Type was often not kept
			continue
		case !sameForm(real, ours) && later(name, ours):
			continue
		case name == "Content-Type":
			delete(real, "")
		}
		ok := sameForm(real, ours)
		c.forms.add(ok)
		if !ok {
			c.answer(Header, name, strings.Join(orNone(slices.Sorted(maps.Keys(real))), " | "), orNone([]string{ours})[0], group)
		}
	}
}

func (r *recorded) header(name string) string {
	for _, h := range r.shape.Exchange.AnswerHeaders {
		if strings.EqualFold(h.Name, name) {
			return h.Value
		}
	}
	return ""
}

func orNone(list []string) []string {
	for i, s := range list {
		if s == "" {
			list[i] = "none"
		}
	}
	return list
}

// headerForm is the form of a header: all of it where it is the same for all tenants.
func headerForm(name, v string) string {
	switch {
	case v == "":
		return ""
	case name == "Location" && strings.HasPrefix(v, "/"):
		return pathForm(v)
	case name == "Location", name == "ETag":
		return form(v)
	case name == "x-ms-resource-unit", name == "Retry-After":
		return "a number"
	}
	return v
}

// graphError is the body of an error.
type graphError struct {
	Code, Message string
	inner         []string // the members of innerError
	is            bool
}

func errorOf(body []byte) (e graphError) {
	var b struct {
		Error *struct {
			Code       string          `json:"code"`
			Message    string          `json:"message"`
			InnerError json.RawMessage `json:"innerError"`
		} `json:"error"`
	}
	if json.Unmarshal(body, &b) != nil || b.Error == nil {
		return e
	}
	e = graphError{Code: b.Error.Code, Message: b.Error.Message, is: true}
	inner := outline{}
	if len(b.Error.InnerError) > 0 && inner.read("", b.Error.InnerError) == nil && len(inner[""]) > 0 {
		e.inner = inner[""][0].names
	}
	return e
}

func (e graphError) key() string { return e.Code + " " + messageForm(e.Message) }

// errors compares an error.
func (c *comparison) errors(group []*recorded, newest *recorded, a *answer, f *Figure) {
	check := func(k Kind, place, real, ours string) {
		f.add(real == ours)
		if real != ours {
			c.answer(k, place, real, ours, group)
		}
	}
	check(Status, "status", strconv.Itoa(newest.status), strconv.Itoa(a.status))
	real, ours := errorOf(newest.body), errorOf(a.body)
	check(Error, "error.code", real.Code, ours.Code)
	check(Error, "error.message", messageForm(real.Message), messageForm(ours.Message))
	for _, name := range real.inner {
		there := "absent"
		if slices.Contains(ours.inner, name) {
			there = "present"
		}
		check(Error, "error.innerError."+name, "present", there)
	}
	if len(real.inner) == 0 && real.is {
		there := "absent"
		if len(ours.inner) > 0 {
			there = "present"
		}
		check(Error, "error.innerError", "absent", there)
	}
	if a.status < 400 || !bytes.HasPrefix(bytes.TrimSpace(a.body), []byte("{")) {
		c.failed = true
	}
	for _, name := range ours.inner {
		if len(real.inner) > 0 && !slices.Contains(real.inner, name) {
			c.answer(Extra, "error.innerError."+name, "absent", "present", group)
		}
	}
}
