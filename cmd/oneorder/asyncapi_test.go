package main

import (
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

func TestAsyncAPIHasEveryFormatThatTheProgramReads(t *testing.T) {
	text, err := os.ReadFile("../../schemas/asyncapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Channels struct {
			Inbox struct {
				Parameters struct {
					Format struct{ Enum []string }
				}
				Messages map[string]struct {
					Tags []struct{ Name string }
				}
			}
			Rejected struct {
				Parameters struct {
					Stage struct{ Enum []string }
				}
			}
		}
	}
	if err := yaml.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	inbox, stages := document.Channels.Inbox, document.Channels.Rejected.Parameters.Stage.Enum
	want, got := make(map[string]string), make(map[string]string)
	for _, f := range formats() {
		want[f.Name] = f.Domain
		if !slices.Contains(stages, f.Domain) {
			t.Errorf("%s refuses documents, and is none of the stages %q", f.Domain, stages)
		}
	}
	for name, message := range inbox.Messages {
		got[name] = ""
		if len(message.Tags) == 1 {
			got[name] = message.Tags[0].Name
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("formats and the services that read them (-program +asyncapi.yaml):\n%s", diff)
	}
	if diff := cmp.Diff(formatNames(), inbox.Parameters.Format.Enum); diff != "" {
		t.Errorf("formats of the address (-program +asyncapi.yaml):\n%s", diff)
	}
}
