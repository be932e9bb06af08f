package linkage

// Store is where the linker reads what it does not hold in memory.
type Store interface {
	// Load gives the value under the key, or nil. The caller may keep it and must not change it.
	Load(key []byte) ([]byte, error)
}

// Writer takes what the linker has changed.
type Writer interface {
	Set(key, value []byte) error
	Delete(key []byte) error
}

// Memory is a Store and Writer in memory, for tests and for linking a file offline.
type Memory map[string][]byte

// Load implements Store.
func (m Memory) Load(key []byte) ([]byte, error) { return m[string(key)], nil }

// Set implements Writer.
func (m Memory) Set(key, value []byte) error {
	m[string(key)] = append([]byte(nil), value...)
	return nil
}

// Delete implements Writer.
func (m Memory) Delete(key []byte) error {
	delete(m, string(key))
	return nil
}
