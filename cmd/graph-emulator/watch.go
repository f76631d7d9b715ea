package main

import (
	"context"
	"log/slog"
	"maps"
	"os"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator"
	"github.com/graph-emulator/graph-emulator/internal/options"
)

// lookEvery is the pause between two looks at the fixture files. They are
// looked at, not subscribed to: that works on every file system and mount.
const lookEvery = 500 * time.Millisecond

// watch loads the fixtures again when their files are no longer those that
// were seen, until ctx ends. The channel it returns is closed when it has
// stopped.
func (p *program) watch(ctx context.Context, s *settings, seen []map[string]options.Stamp, emu *emulator.Server, log *slog.Logger) <-chan struct{} {
	done := make(chan struct{})
	if !s.On("watch") {
		close(done)
		return done
	}
	tick, stop := p.tick(lookEvery)
	go func() {
		defer close(done)
		defer stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick:
			}
			if now := look(s.List("fixtures"), log); !same(now, seen) {
				seen = now
				s.reload(emu, log)
			}
		}
	}()
	return done
}

// look stamps the files of all folders. A folder that cannot be read counts
// as one without files; loading it says what is wrong.
func look(dirs []string, log *slog.Logger) []map[string]options.Stamp {
	out := make([]map[string]options.Stamp, len(dirs))
	for i, dir := range dirs {
		if options.BuiltIn(dir) {
			continue
		}
		files, err := options.Scan(os.DirFS(dir))
		if err != nil {
			log.Debug("fixtures cannot be looked at", "folder", dir, "reason", err)
		}
		out[i] = files
	}
	return out
}

func same(a, b []map[string]options.Stamp) bool {
	for i := range a {
		if !maps.Equal(a[i], b[i]) {
			return false
		}
	}
	return true
}

// reload puts the tenant of the files in place of the present one. A mistake
// in them changes nothing and is told, line by line.
func (s *settings) reload(emu *emulator.Server, log *slog.Logger) {
	files, err := options.Open("fixtures", s.List("fixtures"), log)
	if err == nil {
		if err = emu.LoadFixtures(files...); err != nil {
			err = s.place(err)
		}
	}
	if err == nil {
		log.Info("fixtures loaded again")
		return
	}
	for _, reason := range reasons(err) {
		log.Error("fixtures have changed and cannot be loaded; the tenant stays as it was", "reason", reason)
	}
}
