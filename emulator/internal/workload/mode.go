package workload

// Mode says what a call may change, and what it may take for granted.
type Mode uint8

const (
	ModeRead        Mode = iota // it changes nothing
	ModeWrite                   // it changes the store
	ModeLoad                    // it creates what a tenant file lists
	ModePresume                 // ModeRead where requests make up what is missing
	ModeSynthesize              // ModeWrite, and it makes up what is missing
	ModeSynthesized             // ModeSynthesize, and the entity that the request is about was made up
)

// Writes reports whether the call can change the store.
func (m Mode) Writes() bool { return m != ModeRead && m != ModePresume }

// Loading reports whether a fixture is created and no request answered: ids and read-only
// properties are taken as given.
func (m Mode) Loading() bool { return m == ModeLoad }

// Presumes reports whether what a write refers to counts as being there, because it is
// made up where it is missing.
func (m Mode) Presumes() bool { return m >= ModePresume }

// Synthesizes reports whether the call makes up what is missing.
func (m Mode) Synthesizes() bool { return m >= ModeSynthesize }
