// Package sharepoint is what the workloads of OneDrive and SharePoint share: how ids of
// drives, items and sites are made and read, whose a site is, the hosts, and the words of
// errors. It reads the store and writes nothing.
//
// Sites, libraries and drives are there before anybody wrote to them, so that a start costs
// nothing. Their ids follow from the id of whom they belong to, and lead back to it.
package sharepoint
