package sts

import (
	"fmt"
)

// Error is a refusal of the token service: section 10.3 of the rules says which
// error, status and text belong to an AADSTS number.
type Error struct {
	Number int    // AADSTS
	Code   string // "invalid_client"
	Status int    // of HTTP, where it is no redirect
	Text   string
	Sub    string // suberror; empty: none
	Claims string // claims challenge; empty: none
	Page   bool   // shown to the person in front of the browser, never sent to the client's address
}

// Error gives the description as clients see it, without ids and time.
func (e *Error) Error() string { return fmt.Sprintf("AADSTS%d: %s", e.Number, e.Text) }

// form is one line of the table in section 10.3.
type form struct {
	status    int
	code, sub string
	text      string
}

const (
	bad          = 400
	unauthorized = 401
)

// forms are the errors of the section. What the rules do not word is in our words.
var forms = map[int]form{
	7000215: {unauthorized, "invalid_client", "", "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '%s'."},
	7000222: {unauthorized, "invalid_client", "", "The provided client secret keys for app '%s' are expired."},
	7000218: {unauthorized, "invalid_client", "", "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."},
	7000216: {unauthorized, "invalid_client", "", "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type."},
	700016:  {bad, "unauthorized_client", "", "Application with identifier '%s' was not found in the directory '%s'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant."},
	700025:  {unauthorized, "invalid_client", "", "Client is public so neither 'client_assertion' nor 'client_secret' should be presented."},
	700027:  {unauthorized, "invalid_client", "", "Client assertion failed signature validation. %s"},
	700024:  {unauthorized, "invalid_client", "", "Client assertion is not within its valid time range. %s"},
	700023:  {unauthorized, "invalid_client", "", "Client assertion audience claim does not match Realm issuer. %s"},
	700021:  {unauthorized, "invalid_client", "", "Client assertion application identifier doesn't match 'client_id' parameter. %s"},
	50027:   {bad, "invalid_request", "", "JWT token is invalid or malformed. %s"},
	70021:   {bad, "invalid_request", "", "No matching federated identity record found for presented assertion. %s"},
	7000112: {bad, "unauthorized_client", "", "Application '%s' is disabled."},
	90002:   {bad, "invalid_tenant", "", "Tenant '%s' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud."},
	900144:  {bad, "invalid_request", "", "The request body must contain the following parameter: '%s'."},
	900561:  {405, "invalid_request", "", "The endpoint only accepts POST requests. Received a %s request."},
	90014:   {bad, "invalid_request", "", "The required field '%s' is missing from the credential. Ensure that you have all the necessary parameters for the login request."},
	9002313: {bad, "invalid_request", "", "Invalid request. Request is malformed or invalid. %s"},
	90023:   {bad, "invalid_request", "", "The value '%s' of the parameter '%s' is not valid."},
	9001023: {bad, "invalid_request", "", "The grant type '%s' is not supported over the /%s endpoint. Please use the /organizations or tenant-specific endpoint."},
	9002325: {bad, "invalid_request", "", "Proof Key for Code Exchange is required for cross-origin authorization code redemption."},
	50194:   {bad, "unauthorized_client", "", "Application '%s' is not configured as a multi-tenant application. Usage of the /common endpoint is not supported for such apps."},
	53000:   {bad, "interaction_required", "message_only", "Device is not in required device state. Conditional Access policy requires a compliant device, and the device is not compliant."},
	53003:   {bad, "invalid_grant", "message_only", "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance."},
	70003:   {bad, "unsupported_grant_type", "", "The app requested an unsupported grant type '%s'."},
	70005:   {bad, "unsupported_response_type", "", "The response type '%s' is not supported."},
	700054:  {bad, "unsupported_response_type", "", "response_type '%s' is not enabled for the application."},
	70011:   {bad, "invalid_scope", "", "The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. %s"},
	1002012: {bad, "invalid_scope", "", "The provided value for scope %s is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI)."},
	28000:   {bad, "invalid_request", "", "Provided value for the input parameter scope is not valid because it contains more than one resource. Scope %s is not valid."},
	28002:   {bad, "invalid_request", "", "Provided value for the input parameter scope '%s' is not valid when requesting an access token."},
	28003:   {bad, "invalid_scope", "", "Provided value for the input parameter scope can't be empty when requesting an access token using the provided authorization code."},
	500011:  {bad, "invalid_resource", "", "The resource principal named %s was not found in the tenant named %s."},
	650053:  {bad, "invalid_scope", "", "The application '%s' asked for scope '%s' that doesn't exist on the resource '00000003-0000-0000-c000-000000000000'."},
	65001:   {bad, "invalid_grant", "consent_required", "The user or administrator has not consented to use the application with ID '%s'. Send an interactive authorization request for this user and resource."},
	65004:   {bad, "access_denied", "", "User declined to consent to access the app."},
	90094:   {bad, "access_denied", "", "An administrator of %s has set a policy that prevents you from granting the permissions that the application is requesting: %s."},
	90008:   {bad, "invalid_grant", "", "The user or administrator has not consented to use the application with ID '%s'."},
	50126:   {bad, "invalid_grant", "", "Error validating credentials due to invalid username or password."},
	50034:   {bad, "invalid_grant", "", "The user account %s does not exist in the %s directory. To sign into this application, the account must be added to the directory."},
	50053:   {bad, "invalid_grant", "", "The account is locked, you've tried to sign in too many times with an incorrect user ID or password."},
	50055:   {bad, "invalid_grant", "", "The password is expired."},
	50056:   {bad, "invalid_grant", "", "Invalid or null password: password doesn't exist in the directory for this user."},
	50057:   {bad, "invalid_grant", "", "The user account is disabled."},
	50076:   {bad, "invalid_grant", "basic_action", "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access '00000003-0000-0000-c000-000000000000'."},
	50079:   {bad, "interaction_required", "basic_action", "Due to a configuration change made by your administrator, or because you moved to a new location, you must enroll in multi-factor authentication to access '00000003-0000-0000-c000-000000000000'."},
	50105:   {bad, "invalid_grant", "", "Your administrator has configured the application '%s' to block users unless they are specifically granted access to the application."},
	50020:   {bad, "invalid_grant", "", "User account '%s' from another identity provider does not exist in tenant '%s' and cannot access the application in that tenant."},
	50011:   {bad, "invalid_request", "", "The redirect URI '%s' specified in the request does not match the redirect URIs configured for the application '%s'."},
	50058:   {bad, "login_required", "", "A silent sign-in request was sent but no user is signed in."},
	54005:   {bad, "invalid_grant", "", "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token."},
	501481:  {bad, "invalid_grant", "", "The Code_Verifier does not match the code_challenge supplied in the authorization request."},
	70000:   {bad, "invalid_grant", "", "The provided value for the input parameter '%s' is not valid."},
	70008:   {bad, "invalid_grant", "", "The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource."},
	700082:  {bad, "invalid_grant", "", "The refresh token has expired due to inactivity. The token was issued on %s."},
	700084:  {bad, "invalid_grant", "", "The refresh token was issued to a single page app (SPA), and therefore has a fixed, limited lifetime of 1.00:00:00, which can't be extended. The token was issued on %s."},
	50173:   {bad, "invalid_grant", "bad_token", "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password. The grant was issued on '%s'."},
	500131:  {bad, "invalid_grant", "", "Assertion audience does not match the Client app presenting the assertion. The audience in the assertion was '%s' and the expected audience is '%s'."},
	500133:  {bad, "invalid_grant", "", "Assertion is not within its valid time range. Ensure that the access token is not expired before using it for user assertion, or request a new token."},
	500112:  {bad, "invalid_grant", "", "The reply address '%s' does not match the reply address '%s' provided when requesting Authorization code."},
	7000114: {bad, "invalid_grant", "", "Application '%s' is not allowed to make application on-behalf-of calls: the assertion is an app-only token."},
	50013:   {bad, "invalid_grant", "", "Assertion failed signature validation. %s"},
	70016:   {bad, "authorization_pending", "", "OAuth 2.0 device flow error. Authorization is pending. Continue polling."},
	70017:   {bad, "slow_down", "", "OAuth 2.0 device flow error. Polling is faster than the interval of %v seconds."},
	70018:   {bad, "bad_verification_code", "", "Invalid verification code due to User typing in wrong user code for device code flow, or a device code that is not known."},
	70019:   {bad, "expired_token", "", "Verification code expired. Have the user retry the sign-in."},
	70020:   {bad, "expired_token", "", "The provided value for the input parameter 'device_code' is not valid. This device code has expired."},
	70014:   {bad, "authorization_declined", "", "The user declined the authorization request."},
	90055:   {429, "temporarily_unavailable", "", "The server has terminated the request due to an excessive request rate."},
	50196:   {bad, "invalid_grant", "", "The server terminated an operation because it encountered a client request loop. Please contact your app vendor."},
	50049:   {bad, "invalid_instance", "", "Unknown or invalid instance. %s"},
	90033:   {500, "temporarily_unavailable", "", "A transient error has occurred. Please try again."},
}

// Fail makes the error of a number. The arguments fill the gaps of its text; one
// that is missing leaves no gap behind.
func Fail(number int, args ...any) *Error {
	f, ok := forms[number]
	if !ok {
		return &Error{Number: number, Code: "invalid_request", Status: bad, Text: "The request was refused."}
	}
	text := f.text
	if n := gaps(text); n > 0 {
		for len(args) < n {
			args = append(args, "")
		}
		text = fmt.Sprintf(text, args[:n]...)
	}
	return &Error{Number: number, Code: f.code, Status: f.status, Text: text, Sub: f.sub}
}

// Known reports whether the section has an error of this number.
func Known(number int) bool { _, ok := forms[number]; return ok }

// gaps counts what a text wants filled.
func gaps(text string) (n int) {
	for i := 0; i+1 < len(text); i++ {
		if text[i] == '%' {
			n++
		}
	}
	return n
}
