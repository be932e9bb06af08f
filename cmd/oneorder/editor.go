package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"oneorder/internal/intake"
	"oneorder/internal/stream"
)

// editor is the command that opens a file for the person at the terminal, as git chooses it.
func editor() string {
	return orText(os.Getenv("VISUAL"), orText(os.Getenv("EDITOR"), "vi"))
}

// edit opens the rejected message in the editor, and sends what was saved with send. What is not sent because it is still
// at fault, or because sending failed, stays in its file, which the error names.
func edit(ctx context.Context, r stream.Rejection, send func(stream.Rejection) error) (err error) {
	folder, err := os.MkdirTemp("", "oneorder-rejected-")
	if err != nil {
		return err
	}
	file := filepath.Join(folder, fmt.Sprintf("%d%s", r.ID, extension(r.Data)))
	kept := false
	defer func() {
		if !kept {
			err = errors.Join(err, os.RemoveAll(folder))
		}
	}()
	if err := os.WriteFile(file, r.Data, 0o600); err != nil { //nolint:gosec // named by its number, in a folder just made
		return err
	}
	for _, f := range r.Faults {
		fmt.Fprintf(os.Stderr, "  %s\n", f.Error())
	}
	// By the shell, since an editor is often named with options.
	c := exec.CommandContext(ctx, "sh", "-c", editor()+` "$@"`, "editor", file) //nolint:gosec // the person's own choice
	c.Stdin, c.Stdout, c.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := c.Run(); err != nil {
		return fmt.Errorf("editor %s: %w; nothing was sent", editor(), err)
	}
	saved, err := os.ReadFile(file) //nolint:gosec // the file that was just made
	switch {
	case err != nil:
		return err
	case len(bytes.TrimSpace(saved)) == 0:
		return fmt.Errorf("rejection %d: nothing was left of the message; nothing was sent", r.ID)
	case bytes.Equal(saved, r.Data):
		return fmt.Errorf("rejection %d: the message was not changed; nothing was sent (--unchanged sends it as it was)", r.ID)
	}
	r.Data = saved
	if err := intake.Arrives(&r); err != nil {
		kept = true
		return fmt.Errorf("rejection %d is still at fault; nothing was sent:\n%w\nwhat you wrote is in %s: mend it and send it with --file", r.ID, err, file)
	}
	if err := send(r); err != nil {
		kept = true
		return fmt.Errorf("%w\nwhat you wrote is in %s: send it with --file", err, file)
	}
	return nil
}

// extension is what editors know the message's language by.
func extension(data []byte) string {
	switch data = bytes.TrimSpace(data); {
	case bytes.HasPrefix(data, []byte("{")), bytes.HasPrefix(data, []byte("[")):
		return ".json"
	case bytes.HasPrefix(data, []byte("<")):
		return ".xml"
	}
	return ".txt"
}
