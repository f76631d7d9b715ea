package edm

import "testing"

// One unnamed argument belongs to the overload that has one parameter.
func TestFitting(t *testing.T) {
	one := []Parameter{{Name: "address"}}
	two := []Parameter{{Name: "row"}, {Name: "column"}}
	ops := []*Operation{{Name: "range"}, {Name: "range", Parameters: one}, {Name: "range", Parameters: two}}
	for _, tt := range []struct {
		args string
		want int // parameters of the overload
	}{
		{"", 0}, {"'A1'", 1}, {"address='A1'", 1}, {"'a=b'", 1}, {"row=1,column=2", 2}, {"7", 1},
	} {
		if got := len(fitting(ops, &Segment{Text: "range", Parens: true, Args: tt.args}).Parameters); got != tt.want {
			t.Errorf("range(%s) takes the overload with %d parameters, want %d", tt.args, got, tt.want)
		}
	}
}
