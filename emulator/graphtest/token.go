package graphtest

// Token returns an access token of the signed-in user with these scopes; without any,
// User.Read. See emulator.Server.Token.
func (s *Server) Token(scopes ...string) string { return s.must(s.Emulator.Token(scopes...)) }

// TokenOf is Token for another user, by id or userPrincipalName. An unknown user ends the
// test.
func (s *Server) TokenOf(user string, scopes ...string) string {
	s.t.Helper()
	return s.must(s.Emulator.TokenOf(user, scopes...))
}

// AppToken returns an access token of an application without a user, with these
// application permissions.
func (s *Server) AppToken(roles ...string) string { return s.must(s.Emulator.AppToken(roles...)) }

func (s *Server) must(token string, err error) string {
	s.t.Helper()
	if err != nil {
		s.t.Fatalf("graphtest: %v", err)
	}
	return token
}

// AuthorityURL returns the address of the sign-in service, which clients call the
// authority host, without a tenant and without a slash at the end. It is the public URL,
// or SecureURL.
func (s *Server) AuthorityURL() string {
	if s.public != "" {
		return s.public
	}
	return s.SecureURL()
}
