package main

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/graph-emulator/graph-emulator/internal/bare"
)

// sharing is how many users have the same department.
const sharing = 10

// requests are those that are measured, in a tenant of n users. What they make comes
// last: the server written by hand has one collection.
func requests(n int) []request {
	return []request{
		{name: "GET a user", method: http.MethodGet, hand: "/items/" + bare.ID(n/2), path: fmt.Sprintf("/v1.0/users/hand%d@northgale.test", n/2), status: http.StatusOK},
		{name: "list of 100 users", method: http.MethodGet, hand: "/items", path: "/v1.0/users?$top=100", status: http.StatusOK},
		{name: fmt.Sprintf("$filter %d of %d", sharing, n), method: http.MethodGet,
			hand: fmt.Sprintf("/find?by=department&text=pier%%20%d", n/sharing/2),
			path: fmt.Sprintf("/v1.0/users?$filter=department%%20eq%%20'Pier%%20%d'", n/sharing/2), status: http.StatusOK},
		{name: "POST a presence", method: http.MethodPost, hand: "/items", path: "/beta/communications/presences", status: http.StatusCreated, body: `{
  "@odata.type": "#microsoft.graph.presence",
  "activity": "InAMeeting",
  "availability": "Busy",
  "outOfOfficeSettings": {
    "@odata.type": "microsoft.graph.outOfOfficeSettings"
  }
}`},
	}
}

// fill makes the users: POST to path.
func fill(addr, path string, o *options) error {
	c, err := dial(addr)
	if err != nil {
		return err
	}
	defer c.Close()
	for i := range o.users {
		text, err := json.Marshal(map[string]any{
			"accountEnabled": true, "businessPhones": []string{fmt.Sprintf("+45 70 %06d", i)}, "city": "Northgale",
			"companyName": "Northgale Shipping", "country": "Denmark", "department": fmt.Sprintf("Pier %d", i%(o.users/sharing)),
			"displayName": fmt.Sprintf("Harbour Hand %d", i), "employeeId": fmt.Sprint(i), "givenName": "Harbour", "jobTitle": "Deckhand",
			"mailNickname": fmt.Sprintf("hand%d", i), "mobilePhone": fmt.Sprintf("+45 20 %06d", i), "officeLocation": fmt.Sprintf("Shed %d", i%200),
			"passwordProfile": map[string]any{"password": "harbour-Gale-7", "forceChangePasswordNextSignIn": false},
			"postalCode":      "9990", "preferredLanguage": "da-DK", "streetAddress": "Quay Street 1", "surname": fmt.Sprintf("Hand %d", i),
			"userPrincipalName": fmt.Sprintf("hand%d@northgale.test", i),
		})
		if err != nil {
			return err
		}
		r := request{method: http.MethodPost, path: path, body: string(text)}
		if err := c.call(r.text(r.path), http.StatusCreated, nil); err != nil {
			return err
		}
	}
	return nil
}
