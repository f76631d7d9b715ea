package graphtest

// Token gives an access token of the server's signed-in user with the scopes
// given; without any, User.Read. The emulator has signed it: it serves whatever
// emulator.WithAuth says.
func (s *Server) Token(scopes ...string) string { return s.must(s.Emulator.Token(scopes...)) }

// TokenOf gives an access token of another user, by id or userPrincipalName. A
// user that is not there ends the test.
func (s *Server) TokenOf(user string, scopes ...string) string {
	s.t.Helper()
	return s.must(s.Emulator.TokenOf(user, scopes...))
}

// AppToken gives an access token of an application that acts without a user.
func (s *Server) AppToken(roles ...string) string { return s.must(s.Emulator.AppToken(roles...)) }

func (s *Server) must(token string, err error) string {
	s.t.Helper()
	if err != nil {
		s.t.Fatalf("graphtest: %v", err)
	}
	return token
}

// AuthorityURL is where users and applications sign in: what clients call the
// authority host, without a tenant and without a slash at the end. It is the public
// URL, or SecureURL.
func (s *Server) AuthorityURL() string {
	if s.public != "" {
		return s.public
	}
	return s.SecureURL()
}
