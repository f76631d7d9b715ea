// Package replay is code that reads Microsoft Graph, and a test that answers it from a
// recorded session.
package replay

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

// Crew returns the display names of the users, by name. graph is the base URL of a
// version, "https://graph.microsoft.com/v1.0".
func Crew(ctx context.Context, client *http.Client, graph string) (names []string, err error) {
	for next := graph + "/users?$select=displayName&$orderby=displayName&$top=3"; next != ""; {
		var page struct {
			Value []struct{ DisplayName string }
			Next  string `json:"@odata.nextLink"`
		}
		if err := get(ctx, client, next, &page); err != nil {
			return nil, err
		}
		for _, u := range page.Value {
			names = append(names, u.DisplayName)
		}
		next = page.Next
	}
	return names, nil
}

func get(ctx context.Context, client *http.Client, url string, to any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", url, resp.Status)
	}
	return json.NewDecoder(resp.Body).Decode(to)
}
