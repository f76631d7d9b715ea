package grapherr

import "strings"

// Dialect gives a workload's forms; a case it does not list keeps the generic one.
type Dialect map[Case]Form

// Form is how one workload words one case. In Message, {key} stands for the error's
// Subject, {type} for its Type with a capital letter, and {id} for its key, or its
// owner's when it is a navigation that holds nothing.
type Form struct {
	Status        int // 0: as in the generic form
	Code, Message string
	Inner         string
	Shape         Shape
	URL           string
	Restart       string // see Error.Restart

	// About holds other forms for what the error may be about, by Type, or by the type
	// that the path leads to and Type: "profilePhoto/user".
	About map[string]Form
	// Malformed is the form where Key cannot be one of the workload's, which is what
	// Fits denies; nil Fits: anything can be one.
	Malformed *Form
	Fits      func(key string) bool
}

// NoCode is the Code of a form whose errors have an empty one (B-2.5).
const NoCode = "-"

// Word puts e into the dialect's words. At is the short name of the type that the path
// leads to. An error without a case, or one that the dialect does not list, is returned
// as it is.
func (d Dialect) Word(e *Error, at string) *Error {
	f, ok := d[e.Case]
	if e.Case == Plain || !ok {
		return e
	}
	if about, ok := f.About[at+"/"+e.Type]; ok {
		f = about
	} else if about, ok := f.About[e.Type]; ok {
		f = about
	}
	if f.Fits != nil && e.Key != "" && !placeholder(e.Key) && !f.Fits(e.Key) {
		f = *f.Malformed
	}
	return f.word(e)
}

func (f *Form) word(e *Error) *Error {
	c := *e
	c.Inner, c.Shape, c.URL, c.Restart = f.Inner, f.Shape, f.URL, f.Restart
	switch f.Code {
	case "":
	case NoCode:
		c.Code = ""
	default:
		c.Code = f.Code
	}
	if f.Status != 0 {
		c.Status = f.Status
	}
	if f.Message != "" {
		id := e.Key
		if id == "" {
			id = e.Owner
		}
		c.Message = strings.NewReplacer("{key}", e.Subject, "{type}", Capital(e.Type), "{id}", id).Replace(f.Message)
		if c.Cause == "" && !strings.Contains(c.Message, e.Subject) { // the workload's sentence says less than we know
			c.Cause = e.Message
		}
	}
	return &c
}

// placeholder reports whether a key was left in a sample, {id}: it is an ordinary
// key that nothing has (C-3.17).
func placeholder(key string) bool {
	return strings.HasPrefix(key, "{") && strings.HasSuffix(key, "}")
}

// In is the dialect with every form in a shape.
func (d Dialect) In(s Shape) Dialect {
	out := make(Dialect, len(d))
	for c, f := range d {
		f.Shape = s
		about := make(map[string]Form, len(f.About))
		for t, a := range f.About {
			a.Shape = s
			about[t] = a
		}
		f.About = about
		out[c] = f
	}
	return out
}

// Capital is a name as some sentences of the service have it: with a capital letter.
func Capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
