package trade_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/trade"
)

func TestFaultCodesAreExplained(t *testing.T) {
	seen := make(map[string]bool)
	for _, c := range trade.FaultCodes() {
		if seen[c.Code] || !regexp.MustCompile(`^[a-z][a-z0-9_]*$`).MatchString(c.Code) {
			t.Errorf("%q stands twice, or is not in snake_case", c.Code)
		}
		seen[c.Code] = true
		if c.Scope == "" || c.Meaning == "" || c.Example == "" || c.Message == "" || c.Mending == "" {
			t.Errorf("%s is not wholly explained", c.Code)
		}
	}
}

// Whoever raises a code that the list lacks adds it to faultcode.go, and runs `make faults`.
func TestFaultCodesAreThoseOfTheCode(t *testing.T) {
	var want []string
	for code := range raised(t, filepath.Join("..", "..")) {
		want = append(want, code)
	}
	var got []string
	for _, c := range trade.FaultCodes() {
		got = append(got, c.Code)
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("codes (-raised in the code, +listed in faultcode.go):\n%s", diff)
	}
}

// raised finds every code that a Fault is made with below root: written there, named by a constant, or handed to the
// function that makes it.
func raised(t *testing.T, root string) map[string]bool {
	codes := make(map[string]bool)
	packages := make(map[string][]*ast.File)
	set := token.NewFileSet()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains([]string{"node_modules", "tools", "testdata", ".git"}, d.Name()):
			return filepath.SkipDir
		case strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go"):
			file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			folder := filepath.Dir(path)
			packages[folder] = append(packages[folder], file)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, files := range packages {
		f := finder{constants: constantsOf(files), files: files, codes: codes, done: make(map[string]bool)}
		for _, place := range f.faults() {
			if !f.take(place.value, place.function) {
				t.Errorf("%s: the code of a fault that cannot be read: write it out, or name a constant", set.Position(place.value.Pos()))
			}
		}
	}
	return codes
}

// finder looks through the files of a package.
type finder struct {
	files     []*ast.File
	constants map[string]string
	codes     map[string]bool
	done      map[string]bool // "function parameter" whose calls have been looked at
}

// place is a value that becomes a code, in the function around it.
type place struct {
	value    ast.Expr
	function *ast.FuncDecl
}

// faults finds what makes a Fault: a composite literal with the members Code and Message.
func (f *finder) faults() []place {
	var places []place
	f.each(func(function *ast.FuncDecl, n ast.Node) {
		literal, ok := n.(*ast.CompositeLit)
		if !ok || literal.Type != nil && lastName(literal.Type) != "Fault" {
			return
		}
		members := make(map[string]ast.Expr)
		for _, element := range literal.Elts {
			if pair, ok := element.(*ast.KeyValueExpr); ok {
				if name, ok := pair.Key.(*ast.Ident); ok {
					members[name.Name] = pair.Value
				}
			}
		}
		code, message := members["Code"], members["Message"]
		if code == nil || message == nil {
			return
		}
		// A fault written anew from another has the other's code, and one of a column of them that of its row.
		if selector, ok := code.(*ast.SelectorExpr); ok && selector.Sel.Name == "Code" {
			return
		}
		if _, ok := code.(*ast.IndexExpr); ok {
			return
		}
		places = append(places, place{code, function})
	})
	return places
}

func (f *finder) each(see func(*ast.FuncDecl, ast.Node)) {
	for _, file := range f.files {
		for _, declaration := range file.Decls {
			function, _ := declaration.(*ast.FuncDecl)
			ast.Inspect(declaration, func(n ast.Node) bool {
				if n != nil {
					see(function, n)
				}
				return true
			})
		}
	}
}

// take notes the code that the value is, and says whether it could be read.
func (f *finder) take(value ast.Expr, function *ast.FuncDecl) bool {
	switch v := value.(type) {
	case *ast.BasicLit:
		code, err := strconv.Unquote(v.Value)
		f.codes[code] = true
		return err == nil
	case *ast.Ident:
		if code, ok := f.constants[v.Name]; ok {
			f.codes[code] = true
			return true
		}
		return function != nil && f.handed(function, v.Name)
	}
	return false
}

// handed notes the codes that the function's parameter gets wherever it is called.
func (f *finder) handed(function *ast.FuncDecl, parameter string) bool {
	at, i := -1, 0
	for _, field := range function.Type.Params.List {
		for _, name := range field.Names {
			if name.Name == parameter {
				at = i
			}
			i++
		}
	}
	if at < 0 {
		return false
	}
	key := function.Name.Name + " " + parameter
	if f.done[key] {
		return true
	}
	f.done[key] = true
	read := true
	f.each(func(caller *ast.FuncDecl, n ast.Node) {
		call, ok := n.(*ast.CallExpr)
		if !ok || at >= len(call.Args) || called(call) != function.Name.Name {
			return
		}
		// Methods of other types may have the same name; a code is a text.
		if literal, ok := call.Args[at].(*ast.BasicLit); ok && literal.Kind != token.STRING {
			return
		}
		read = f.take(call.Args[at], caller) && read
	})
	return read
}

func called(call *ast.CallExpr) string { return lastName(call.Fun) }

// lastName is the last part of a name: Fault of trade.Fault.
func lastName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

func constantsOf(files []*ast.File) map[string]string {
	constants := make(map[string]string)
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			for i, name := range spec.Names {
				if i < len(spec.Values) {
					if literal, ok := spec.Values[i].(*ast.BasicLit); ok && literal.Kind == token.STRING {
						constants[name.Name], _ = strconv.Unquote(literal.Value)
					}
				}
			}
			return true
		})
	}
	return constants
}
