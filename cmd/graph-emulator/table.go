package main

import (
	"fmt"
	"log/slog"

	"github.com/graph-emulator/graph-emulator/internal/options"
)

// settings is what a command runs with, after flags, variables, configuration file and
// defaults have been joined.
type settings struct{ options.Values }

// put sets an option as the program wants it. The value is one that the table takes.
func (s *settings) put(name, value string) {
	for _, o := range options.Only(name) {
		_ = s.Set(&o, []string{value})
	}
}

// check says what is wrong with options that are right one by one.
func (s *settings) check() error {
	if s.On("watch") && !s.Given("fixtures") {
		return fmt.Errorf("watch: there is nothing to watch; name a folder with fixtures")
	}
	if s.Given("data-interval") && !s.Given("data") {
		return fmt.Errorf("data-interval: there is nowhere to write; name a folder with --data")
	}
	return nil
}

// level is the log level as slog knows it.
func (s *settings) level() slog.Level {
	var l slog.Level
	if err := l.UnmarshalText([]byte(s.Text("log-level"))); err != nil {
		return slog.LevelInfo
	}
	return l
}
