package workload

import (
	"maps"
	"slices"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Traits are the exceptions of one type that can be said in data: the closed vocabulary
// of traits.yaml. The tag on names the verbs that a trait bears on: for these it makes a type
// modelled. What only makes answers quick, orders their members or concerns permissions has none.
type Traits struct {
	// AlternateKeys are properties whose value names the entity beside its id,
	// also as a plain key (a user's userPrincipalName).
	AlternateKeys []string `yaml:"alternateKeys" on:"read"`
	// Indexed are properties by which entities are found without a scan, beside the
	// key and the alternate keys.
	Indexed []string `yaml:"indexed"`
	// Keyed is the property by which the entities of a collection are told apart in place
	// of the id: the name of a file among its siblings. It compares without case. The id has
	// to be an alternate key then. Empty: the id.
	Keyed string `yaml:"keyed" on:"create"`
	// ID is the form of generated ids: "guid" (default), "given" (the client's own id is
	// taken; a GUID without one), or one of the forms of Exchange (ExchangeItem and so on).
	ID string `yaml:"id" on:"create"`
	// SID is the property that holds the id as a security identifier; empty: there is none.
	SID string `yaml:"sid" on:"create"`
	// Default holds what a created entity has unless the client says otherwise.
	Default value.Members `yaml:"-" on:"create"`
	// DefaultSelect lists what an entity shows without $select, in that order;
	// nil: everything.
	DefaultSelect []string `yaml:"defaultSelect" on:"read list"`
	// Order lists properties that stand before all others, whatever recorded answers and the
	// model say.
	Order []string `yaml:"order"`
	// NullsBehind says that complex properties without a value stand where they would with
	// one, behind the primitive properties (R-O1).
	NullsBehind bool `yaml:"nullsBehind"`
	// AsSelected says that $select gives the order of the members, too (B-1.26).
	AsSelected bool     `yaml:"asSelected"`
	OnSelect   []string `yaml:"onSelect" on:"read list"` // shown only when $select names them
	OneOnly    []string `yaml:"oneOnly" on:"read list"`  // and a list that selects them is refused (B-2.12)
	Always     []string `yaml:"always"`                  // shown beside what $select names
	Etag       bool     `yaml:"etag"`                    // @odata.etag stands in the entity
	// Typed are verbs whose answers show @odata.type of the entities although it is the
	// declared one (B-1.32).
	Typed      []bind.Verb `yaml:"typed"`
	FlatSelect bool        `yaml:"flatSelect"`                  // $select takes no path into a complex value
	ReadOnly   []string    `yaml:"readOnly" on:"create update"` // beside what the model marks
	Immutable  []string    `yaml:"immutable" on:"update"`       // set on create and never changed (B-4.19)
	Required   []string    `yaml:"required" on:"create"`        // on create
	// TextNumbers says that the service reads a number that is sent as a text ("15").
	TextNumbers bool `yaml:"textNumbers"`
	// AnyMember says that $filter takes a quoted text that is no member of the enumeration
	// it is compared with. Nothing equals it.
	AnyMember bool `yaml:"anyMember"`
	// IgnoreCase says that $filter and $orderby compare texts without regard to case (B-3.39).
	IgnoreCase bool `yaml:"ignoreCase"`
	// RequiredWith lists what a create needs in place of Required when it gives the
	// property (a user with identities).
	RequiredWith map[string][]string `yaml:"requiredWith" on:"create"`
	// NotOnCreate are the properties and navigations that a create must not give.
	NotOnCreate []string `yaml:"notOnCreate" on:"create"`
	// Takes are names that a body may give although the version's model has them not: the
	// service's own pages send them.
	Takes []string `yaml:"takes" on:"create update"`
	// Empty is what properties without a value show in place of null.
	Empty value.Members `yaml:"-" on:"read list"`
	// WholeSeconds says that the service keeps no fraction of the time of creation, where no
	// recorded answer shows that time.
	WholeSeconds bool `yaml:"wholeSeconds" on:"create"`
	// SelectedParts are members of complex values (keyCredentials/key) that are null unless
	// one entity is read and $select names the property.
	SelectedParts []string `yaml:"selectedParts" on:"read list"`
	// Replaces are complex properties that a change replaces; the members of others are
	// merged (B-4.15).
	Replaces []string `yaml:"replaces" on:"update"`
	// Sparse says that answers leave out what has no value (B-14.15).
	Sparse bool `yaml:"sparse"`
	// WriteOnly are properties that no answer shows.
	WriteOnly []string `yaml:"writeOnly" on:"read list"`
	// Hashed are passwords, as property/member of a complex value or of each in a list, that
	// an export holds as hashes (see package password).
	Hashed []string `yaml:"hashed"`
	// Limits are the bounds of values, by property.
	Limits map[string]Limit `yaml:"limits" on:"create update"`
	// Unique are properties whose value no other entity has, among all types that
	// say so of a property of this name. They are indexed.
	Unique []string `yaml:"unique" on:"create update"`
	// Tag says what versions of the type are told by: "" an etag that If-Match may
	// name, "none" nothing, so that If-Match is ignored, "required" an etag that a
	// change has to name.
	Tag string `yaml:"tag" on:"update delete"`
	// InParens says that Location has the keys in parentheses, and users('id') for me (R-H8).
	InParens bool `yaml:"inParens"`
	// ChangeKeys says that versions are told by change keys of Exchange (B-13.2).
	ChangeKeys bool `yaml:"changeKeys"`
	// TagFrom is the member whose text is the etag of an entity, in place of one made from the
	// number of the change; what begins with @ is stored and not shown otherwise.
	TagFrom string `yaml:"tagFrom" on:"update delete"`
	// TagProperties are properties whose text If-Match may name beside the etag.
	TagProperties []string       `yaml:"tagProperties" on:"update delete"`
	PageSize      int            `yaml:"pageSize" on:"list"` // 0: 100
	MaxTop        int            `yaml:"maxTop" on:"list"`   // 0: 999
	CutTop        bool           `yaml:"cutTop" on:"list"`   // a $top above MaxTop is cut to it, not refused
	WholeLists    []string       `yaml:"wholeLists"`         // navigations whose members come on one page, whatever $top
	Status        map[string]int `yaml:"status"`             // verb -> success status where no operation documents one
	// Observed are success statuses that the service gives although its pages say another.
	Observed map[string]int `yaml:"observed"`
	// Units are what reading a navigation or calling an operation of the type costs, by
	// name ($entity: reading one by its key); what is not named costs 1. nil: answers do
	// not say what they cost (B-1.17, B-8.9).
	Units map[string]int `yaml:"units"`
	// ByID are properties that are shown of an entity only when the path names it by its
	// id, and not by another key.
	ByID []string `yaml:"byID" on:"read"`
	// Prefers are the preferences of requests that answers of the type honour:
	// outlook.timezone, outlook.body-content-type, IdType.
	Prefers []string `yaml:"prefers"`
	// Preauthenticated are stream properties that a batch answers with the address of their
	// content, which needs no token (B-5.11, B-9.1).
	Preauthenticated []string `yaml:"preauthenticated" on:"download"`

	// Propagates says that other services know a new entity only after a delay (a user, a group).
	Propagates bool `yaml:"propagates"`
	// SimpleExpand says that $expand takes one navigation, one level deep, and no options
	// but $select and $levels (B-3.28).
	SimpleExpand bool `yaml:"simpleExpand" on:"list"`
	// SearchClauses says that $search has clauses of a property and a text (B-3.79); without
	// it, it has words.
	SearchClauses bool `yaml:"searchClauses" on:"list"`
	// NeedsReference says that an empty body does not take a single reference away (B-4.37).
	NeedsReference bool `yaml:"needsReference"`
	// References is the entity set by which references name the entities, whatever their
	// type; empty: the set of the type.
	References string `yaml:"references"`
	// Administered says that delegated writes need a directory role.
	Administered bool `yaml:"administered"`
	// Mailbox says that the entities are in the mailbox of a user and closed to others.
	Mailbox bool `yaml:"mailbox"`
	// NoRetryAfter says that answers to throttled requests name no time (B-8.2).
	NoRetryAfter bool `yaml:"noRetryAfter"`

	StoredAs map[string]string `yaml:"storedAs"`
	// Inline are items of $expand that an answer holds without being asked, each with its
	// @odata.context: contained collections that the service shows as if they were properties.
	Inline []string `yaml:"inline"`
	Delta  Delta    `yaml:"-" on:"delta"`

	// MediaTypes are the media types, in lower case, of content that a verb takes in JSON's
	// stead. A created entity keeps it as its $value.
	MediaTypes map[bind.Verb][]string `yaml:"mediaTypes"`
	// Partial names what the service does on a verb and the emulator does not: the verb
	// stores, and nobody is notified. It is then stateful at most.
	Partial map[bind.Verb]string `yaml:"partial"`

	states []bind.Verb // the verbs that they bear on
}

// Limit bounds the value of one property; zero fields do not.
type Limit struct {
	Least   int    `yaml:"least"`   // characters of a text that has any
	Length  int    `yaml:"length"`  // characters of a text
	Items   int    `yaml:"items"`   // elements of a collection
	Bytes   int    `yaml:"bytes"`   // of decoded base64 text
	Without string `yaml:"without"` // characters that the text may not have
	Among   string `yaml:"among"`   // the words that the text may be, with spaces between them
}

// Traits merges what a workload says of all its types, under the name *, and the
// traits of a type and its base types; the derived type wins.
// The engine keeps the result, so it may be slow.
func (r *Registry) Traits(t *edm.Type) Traits {
	var out Traits
	if common := r.common[r.dialect(t)]; common != nil {
		out = *common.read()
	}
	var chain []*edm.Type
	for b := t; b != nil; b = b.Base() {
		chain = append(chain, b)
	}
	for _, b := range slices.Backward(chain) {
		if own := r.says(b.Name); own != nil {
			out = out.merge(*own)
		}
	}
	return out
}

func (t Traits) merge(own Traits) Traits {
	t.AlternateKeys = append(slices.Clip(t.AlternateKeys), own.AlternateKeys...)
	t.Indexed = append(slices.Clip(t.Indexed), own.Indexed...)
	t.ReadOnly = append(slices.Clip(t.ReadOnly), own.ReadOnly...)
	t.Required = append(slices.Clip(t.Required), own.Required...)
	t.Default = append(slices.Clip(t.Default), own.Default...)
	t.Immutable = append(slices.Clip(t.Immutable), own.Immutable...)
	t.NotOnCreate = append(slices.Clip(t.NotOnCreate), own.NotOnCreate...)
	t.WriteOnly = append(slices.Clip(t.WriteOnly), own.WriteOnly...)
	t.Empty = append(slices.Clip(t.Empty), own.Empty...)
	t.WholeSeconds = t.WholeSeconds || own.WholeSeconds
	t.SelectedParts = append(slices.Clip(t.SelectedParts), own.SelectedParts...)
	t.Replaces = append(slices.Clip(t.Replaces), own.Replaces...)
	t.Hashed = append(slices.Clip(t.Hashed), own.Hashed...)
	t.Takes = append(slices.Clip(t.Takes), own.Takes...)
	t.Unique = append(slices.Clip(t.Unique), own.Unique...)
	t.RequiredWith = layered(t.RequiredWith, own.RequiredWith)
	t.Limits = layered(t.Limits, own.Limits)
	t.Units = layered(t.Units, own.Units)
	t.ByID = append(slices.Clip(t.ByID), own.ByID...)
	t.Prefers = append(slices.Clip(t.Prefers), own.Prefers...)
	t.TagProperties = append(slices.Clip(t.TagProperties), own.TagProperties...)
	if own.Tag != "" {
		t.Tag = own.Tag
	}
	t.Sparse = t.Sparse || own.Sparse
	if own.TagFrom != "" {
		t.TagFrom = own.TagFrom
	}
	t.Preauthenticated = append(slices.Clip(t.Preauthenticated), own.Preauthenticated...)
	t.OnSelect = append(slices.Clip(t.OnSelect), own.OnSelect...)
	t.OneOnly = append(slices.Clip(t.OneOnly), own.OneOnly...)
	t.Always = append(slices.Clip(t.Always), own.Always...)
	t.Typed = append(slices.Clip(t.Typed), own.Typed...)
	t.WholeLists = append(slices.Clip(t.WholeLists), own.WholeLists...)
	t.Etag, t.FlatSelect, t.CutTop = t.Etag || own.Etag, t.FlatSelect || own.FlatSelect, t.CutTop || own.CutTop
	t.TextNumbers, t.AnyMember, t.IgnoreCase = t.TextNumbers || own.TextNumbers, t.AnyMember || own.AnyMember, t.IgnoreCase || own.IgnoreCase
	if own.ID != "" {
		t.ID = own.ID
	}
	if own.Keyed != "" {
		t.Keyed = own.Keyed
	}
	t.Propagates, t.SimpleExpand = t.Propagates || own.Propagates, t.SimpleExpand || own.SimpleExpand
	t.SearchClauses, t.NeedsReference = t.SearchClauses || own.SearchClauses, t.NeedsReference || own.NeedsReference
	t.Administered, t.Mailbox, t.NoRetryAfter = t.Administered || own.Administered, t.Mailbox || own.Mailbox, t.NoRetryAfter || own.NoRetryAfter
	if own.References != "" {
		t.References = own.References
	}
	if own.SID != "" {
		t.SID = own.SID
	}
	if own.Order != nil {
		t.Order = own.Order
	}
	t.NullsBehind, t.InParens = t.NullsBehind || own.NullsBehind, t.InParens || own.InParens
	t.AsSelected, t.ChangeKeys = t.AsSelected || own.AsSelected, t.ChangeKeys || own.ChangeKeys
	if own.DefaultSelect != nil {
		t.DefaultSelect = own.DefaultSelect
	}
	if own.PageSize != 0 {
		t.PageSize = own.PageSize
	}
	if own.MaxTop != 0 {
		t.MaxTop = own.MaxTop
	}
	t.Observed = layered(t.Observed, own.Observed)
	if own.Status != nil {
		t.Status = own.Status
	}
	t.Delta = t.Delta.merge(own.Delta)
	t.Partial = layered(t.Partial, own.Partial)
	t.MediaTypes = layered(t.MediaTypes, own.MediaTypes)
	t.Inline = append(slices.Clip(t.Inline), own.Inline...)
	if own.StoredAs != nil {
		t.StoredAs = own.StoredAs
	}
	return t
}

// layered puts own entries over those of a base type.
func layered[K comparable, V any](base, own map[K]V) map[K]V {
	if len(own) == 0 {
		return base
	}
	out := make(map[K]V, len(base)+len(own))
	maps.Copy(out, base)
	maps.Copy(out, own)
	return out
}
