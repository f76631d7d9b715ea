package options

import (
	"fmt"
	"log/slog"
	"strconv"

	"github.com/graph-emulator/graph-emulator/emulator"
)

// Heading returns what an option at the head of a conversation makes of an emulator: an
// option that changes answers, with its name in the table, or a switch with its own.
// Folders start from dir. The error says why the option is not honored.
func Heading(dir, name string, value any) ([]emulator.Option, error) {
	values, ok := texts(value)
	for _, o := range Table() {
		switch {
		case o.Name != name:
			continue
		case !o.Group.Answers || o.build == nil || name == "switch":
			return nil, fmt.Errorf("option %s is of a program and not of a conversation", name)
		case !ok || o.Form != List && len(values) != 1:
			return nil, fmt.Errorf("option %s does not take %v", name, value)
		}
		values = o.Absolute(dir, values)
		err := o.check(values)
		var opts []emulator.Option
		if err == nil {
			opts, err = o.build(values, slog.New(slog.DiscardHandler))
		}
		if err != nil {
			return nil, fmt.Errorf("option %s: %w", name, err)
		}
		return opts, nil
	}
	for _, s := range emulator.Switches() {
		if text, isText := value.(string); s.Name == name && isText {
			return []emulator.Option{emulator.WithSwitch(name, text)}, nil
		}
	}
	return nil, fmt.Errorf("option %s does not take %v", name, value)
}

// texts writes a YAML value as flags write it.
func texts(value any) ([]string, bool) {
	switch v := value.(type) {
	case string:
		return []string{v}, true
	case bool:
		return []string{strconv.FormatBool(v)}, true
	case int:
		return []string{strconv.Itoa(v)}, true
	case []any:
		out := []string{}
		for _, item := range v {
			text, ok := item.(string)
			if !ok {
				return nil, false
			}
			out = append(out, text)
		}
		return out, true
	}
	return nil, false
}
