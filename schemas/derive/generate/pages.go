package generate

import "io/fs"

// Pages returns the reference pages of each version in the sources beside the repository at
// out. The error is a *MissingError where a source is not there.
func Pages(out string) (map[string]fs.FS, error) {
	o := Options{Out: out}
	in, err := o.load()
	if err != nil {
		return nil, err
	}
	return in.pages, nil
}
