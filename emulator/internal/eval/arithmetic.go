package eval

import (
	"math"
	"math/bits"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
)

// negate compiles the minus sign before a number or a duration.
func (c *compiler) negate(e *odata.Expr, a operand) (operand, error) {
	if a.typ.many || !a.typ.number() && a.typ.kind != kDuration && a.typ.kind != kNull && a.typ.kind != kUntyped {
		return a, c.unaryError(e, a)
	}
	v := a.val
	return operand{typ: a.typ, val: func(x *ctx) val {
		r := v(x)
		r.i, r.f = -r.i, -r.f
		return r
	}}, nil
}

// arithmetic compiles add, sub, mul, div, divby and mod over numbers, and add
// and sub over moments and durations. What has no result (a division by zero,
// an overflow of the integers) is null.
func (c *compiler) arithmetic(e *odata.Expr, a, b operand) (operand, error) {
	a, b = asNumber(a), asNumber(b)
	x, y := a.typ, b.typ
	var t typ
	var run func(l, r val) val
	switch {
	case x.many || y.many:
	case (x.number() || x.kind == kNull) && (y.number() || y.kind == kNull):
		t, run = numberType(e.Op, x, y), numberOp(e.Op)
	case x.moment() && y.kind == kDuration && (e.Op == odata.Add || e.Op == odata.Sub):
		t, run = x, shift(e.Op)
	case e.Op == odata.Sub && x.moment() && x.kind == y.kind:
		t, run = primitive("Edm.Duration"), between
	case x.kind == kDuration && y.kind == kDuration && (e.Op == odata.Add || e.Op == odata.Sub):
		t, run = x, numberOp(e.Op)
	}
	if run == nil {
		return a, c.binaryError(e, a, b)
	}
	av, bv := a.val, b.val
	return operand{typ: t, val: func(x *ctx) val {
		l, r := av(x), bv(x)
		if l.k == kNull || r.k == kNull {
			return val{}
		}
		return run(l, r)
	}}, nil
}

func asNumber(o operand) operand {
	if o.typ.kind == kUntyped && !o.typ.many {
		return o.as(primitive("Edm.Double"))
	}
	return o
}

func numberType(op odata.Op, x, y typ) typ {
	switch {
	case op == odata.DivBy:
		return primitive("Edm.Decimal")
	case x.kind == kFloat || y.kind == kFloat:
		return primitive("Edm.Double")
	}
	return primitive("Edm.Int64")
}

func numberOp(op odata.Op) func(l, r val) val {
	return func(l, r val) val {
		if l.k == kFloat || r.k == kFloat || op == odata.DivBy {
			return floatOp(op, l.float(), r.float())
		}
		out, ok := intOp(op, l.i, r.i)
		if !ok {
			return val{}
		}
		return val{k: l.k, i: out}
	}
}

func intOp(op odata.Op, a, b int64) (int64, bool) {
	switch op {
	case odata.Add:
		s := a + b
		return s, (s > a) == (b > 0)
	case odata.Sub:
		d := a - b
		return d, (d < a) == (b > 0)
	case odata.Mul:
		hi, lo := bits.Mul64(abs(a), abs(b))
		if negative := (a < 0) != (b < 0); hi != 0 || lo > 1<<63 || lo == 1<<63 && !negative {
			return 0, false
		}
		return a * b, true
	}
	if b == 0 || a == math.MinInt64 && b == -1 {
		return 0, false
	}
	if op == odata.Mod {
		return a % b, true
	}
	return a / b, true
}

func abs(a int64) uint64 {
	if a < 0 {
		return uint64(-a)
	}
	return uint64(a)
}

func floatOp(op odata.Op, a, b float64) val {
	switch op {
	case odata.Add:
		a += b
	case odata.Sub:
		a -= b
	case odata.Mul:
		a *= b
	case odata.Mod:
		a = math.Mod(a, b)
	default:
		a /= b
	}
	return val{k: kFloat, f: a}
}

func shift(op odata.Op) func(l, r val) val {
	return func(l, r val) val {
		d := time.Duration(r.i)
		if op == odata.Sub {
			d = -d
		}
		out := momentVal(l.time().Add(d))
		out.k = l.k
		return out
	}
}

func between(l, r val) val {
	return val{k: kDuration, i: int64(l.time().Sub(r.time()))}
}
