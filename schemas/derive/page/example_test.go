package page_test

import (
	"fmt"

	"github.com/graph-emulator/graph-emulator/schemas/derive/page"
)

func ExampleRead() {
	text := "---\ntitle: List berths\ndoc_type: apiPageType\n---\n# List berths\n## HTTP request\n```http\nGET /harbours/{id}/berths\n```\n## Response\nA `200 OK` code.\n"
	p, err := page.Read("harbour-list-berths", []byte(text))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, line := range p.Operations {
		fmt.Println(line.Number, line.Method, line.Path, p.Response.Statuses)
	}
	// Output: 8 GET /harbours/{id}/berths [200]
}

func ExampleSplit() {
	for _, s := range page.Split("/me/drive/root:/{item-path}:/children") {
		fmt.Println(s.Text, s.Colon, s.Key)
	}
	// Output:
	// me false false
	// drive false false
	// root false false
	// {item-path} true true
	// children false false
}
