// Checks a ledger with the packages of Go's checksum database. Reads a JSON document from standard
// input and prints one line for each claim that holds; the first that does not ends it with status 1.
package main

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type record struct {
	Index int64
	Leaf  []byte
	Proof [][]byte
}

type input struct {
	Key         string
	Old         string
	New         string
	Records     []record
	Consistency [][]byte
	Tiles       string
}

func main() {
	var in input
	check("input", json.NewDecoder(os.Stdin).Decode(&in))
	verifier, err := note.NewVerifier(in.Key)
	check("key", err)
	oldTree := open(in.Old, verifier)
	newTree := open(in.New, verifier)
	fmt.Printf("checkpoints %d %d\n", oldTree.N, newTree.N)
	for _, r := range in.Records {
		hash := tlog.RecordHash(r.Leaf)
		check("inclusion", tlog.CheckRecord(hashes(r.Proof), newTree.N, newTree.Hash, r.Index, hash))
	}
	fmt.Printf("inclusion %d\n", len(in.Records))
	check("consistency", tlog.CheckTree(hashes(in.Consistency), newTree.N, newTree.Hash, oldTree.N, oldTree.Hash))
	fmt.Println("consistency")
	if in.Tiles == "" {
		return
	}
	reader := tlog.TileHashReader(newTree, tiles(in.Tiles))
	for n := int64(0); n < newTree.N; n++ {
		proof, err := tlog.ProveRecord(newTree.N, n, reader)
		check("tiles", err)
		check("tiles", tlog.CheckRecord(proof, newTree.N, newTree.Hash, n, tlog.RecordHash(entry(in.Tiles, newTree.N, n))))
	}
	fmt.Printf("tiles %d\n", newTree.N)
}

// A checkpoint is a signed note of three lines: origin, size, root.
func open(text string, verifier note.Verifier) tlog.Tree {
	opened, err := note.Open([]byte(text), note.VerifierList(verifier))
	check("note", err)
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check("size", err)
	root, err := tlog.ParseHash(lines[2])
	check("root", err)
	return tlog.Tree{N: size, Hash: root}
}

func hashes(raw [][]byte) []tlog.Hash {
	out := make([]tlog.Hash, len(raw))
	for i, one := range raw {
		copy(out[i][:], one)
	}
	return out
}

type tiles string

func (dir tiles) Height() int { return 8 }

func (dir tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (dir tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var data [][]byte
	for _, tile := range wanted {
		// Go names the height in the path, C2SP fixes it.
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		bytes, err := os.ReadFile(filepath.Join(string(dir), path))
		if err != nil {
			return nil, err
		}
		data = append(data, bytes)
	}
	return data, nil
}

func entry(dir string, size, n int64) []byte {
	width := size - n/256*256
	if width > 256 {
		width = 256
	}
	tile := tlog.Tile{H: 8, L: 0, N: n / 256, W: int(width)}
	path := strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)
	bundle, err := os.ReadFile(filepath.Join(dir, path))
	check("entries", err)
	for i := n % 256; i > 0; i-- {
		bundle = bundle[2+binary.BigEndian.Uint16(bundle):]
	}
	return bundle[2 : 2+binary.BigEndian.Uint16(bundle)]
}

func check(what string, err error) {
	if err != nil {
		fmt.Printf("%s: %v\n", what, err)
		os.Exit(1)
	}
}
