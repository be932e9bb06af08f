// Package compose reads docker-compose.yml as `docker compose` does, so that tests can check it and run
// the same commands with the same environment as plain processes.
package compose

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
)

// Image is the repository of the one image that is ours.
const Image = "oneorder"

// Load reads docker-compose.yml in the folder with these variables, and no others, in its environment. A
// required variable that is missing is an error that names it.
func Load(ctx context.Context, folder string, environment map[string]string) (*types.Project, error) {
	variables := make([]string, 0, len(environment))
	for name, value := range environment {
		variables = append(variables, name+"="+value)
	}
	options, err := cli.NewProjectOptions(
		[]string{filepath.Join(folder, "docker-compose.yml")},
		cli.WithWorkingDirectory(folder),
		cli.WithEnv(variables),
	)
	if err != nil {
		return nil, fmt.Errorf("read docker-compose.yml in %s: %w", folder, err)
	}
	project, err := options.LoadProject(ctx)
	if err != nil {
		return nil, fmt.Errorf("load docker-compose.yml in %s: %w", folder, err)
	}
	return project, nil
}

// Process is one of our own services: what to run and with which variables.
type Process struct {
	Name        string
	Arguments   []string // of the binary; the first is the verb
	Environment map[string]string
	OneShot     bool // does its work and ends; the others wait for it
}

// Processes gives our own services in an order in which they can be started.
func Processes(project *types.Project) []Process {
	var all []Process
	for name, service := range project.Services {
		if service.Build == nil {
			continue
		}
		p := Process{Name: name, Arguments: service.Command, Environment: map[string]string{}, OneShot: OneShot(project, name)}
		for variable, value := range service.Environment {
			if value != nil {
				p.Environment[variable] = *value
			}
		}
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b Process) int {
		switch {
		case a.OneShot && !b.OneShot:
			return -1
		case b.OneShot && !a.OneShot:
			return 1
		case a.Name < b.Name:
			return -1
		default:
			return 1
		}
	})
	return all
}

// OneShot says whether other services wait for this one to end well.
func OneShot(project *types.Project, name string) bool {
	for _, service := range project.Services {
		if on, ok := service.DependsOn[name]; ok && on.Condition == types.ServiceConditionCompletedSuccessfully {
			return true
		}
	}
	return false
}
