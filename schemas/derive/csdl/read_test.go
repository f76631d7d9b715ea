package csdl

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

const harbour = `<?xml version="1.0"?>
<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx">
 <edmx:DataServices>
  <Schema Namespace="microsoft.graph" Alias="graph" xmlns="http://docs.oasis-open.org/odata/ns/edm">
   <EnumType Name="tide" IsFlags="true"><Member Name="low" Value="1"/><Member Name="high" Value="2"/></EnumType>
   <EntityType Name="entity" Abstract="true"><Key><PropertyRef Name="id"/></Key><Property Name="id" Type="Edm.String" Nullable="false"/></EntityType>
   <EntityType Name="berth" BaseType="graph.entity" OpenType="true" HasStream="true">
    <Property Name="depth" Type="Edm.Double"/>
    <Property Name="tides" Type="Collection(graph.tide)" Nullable="false"/>
    <NavigationProperty Name="ships" Type="Collection(graph.ship)" ContainsTarget="true"/>
    <NavigationProperty Name="warden" Type="graph.ship" Nullable="false">
     <Annotation Term="Org.OData.Capabilities.V1.ReadRestrictions"><Record><PropertyValue Property="Readable" Bool="false"/></Record></Annotation>
    </NavigationProperty>
    <Annotation Term="Org.OData.Core.V1.AlternateKeys"><Collection><Record><PropertyValue Property="Key"><Collection><Record>
     <PropertyValue Property="Alias" String="code"/><PropertyValue Property="Name" PropertyPath="code"/>
    </Record></Collection></PropertyValue></Record></Collection></Annotation>
   </EntityType>
   <EntityType Name="ship" BaseType="graph.entity"/>
   <ComplexType Name="mark"/>
   <Action Name="dock" IsBound="true" EntitySetPath="bindingParameter/ships"><Parameter Name="bindingParameter" Type="graph.berth"/><Parameter Name="ship" Type="graph.ship" Nullable="false"/></Action>
   <Function Name="free" IsBound="true" IsComposable="true"><Parameter Name="b" Type="Collection(graph.berth)"/>
    <Parameter Name="tide" Type="graph.tide"><Annotation Term="Org.OData.Core.V1.OptionalParameter"><Record/></Annotation></Parameter>
    <ReturnType Type="Collection(graph.berth)" Nullable="false"/></Function>
   <EntityContainer Name="GraphService">
    <EntitySet Name="berths" EntityType="graph.berth"><NavigationPropertyBinding Path="warden" Target="ships"/></EntitySet>
    <Singleton Name="flagship" Type="graph.ship"/>
   </EntityContainer>
   <Annotations Target="microsoft.graph.berth/depth"><Annotation Term="Org.OData.Core.V1.Computed" Bool="true"/></Annotations>
   <Annotations Target="graph.GraphService/berths"><Annotation Term="Org.OData.Capabilities.V1.SkipSupported" Bool="false"/></Annotations>
   <Annotations Target="graph.GraphService/berths"><Annotation Term="Org.OData.Capabilities.V1.ExpandRestrictions"><Record>
    <PropertyValue Property="Expandable" Bool="true"/>
    <PropertyValue Property="NonExpandableProperties"><Collection><NavigationPropertyPath>ships</NavigationPropertyPath><NavigationPropertyPath>gulls</NavigationPropertyPath></Collection></PropertyValue>
   </Record></Annotation></Annotations>
   <Annotations Target="microsoft.graph.nobody"><Annotation Term="Org.OData.Core.V1.Computed"/></Annotations>
   <Annotations Target="microsoft.graph.ship"><Annotation Term="Org.Nowhere.V1.Odd"/></Annotations>
   <Whim/>
  </Schema>
 </edmx:DataServices>
</edmx:Edmx>`

// describe prints a document for comparison, a line a fact.
func describe(d *Document) string {
	var b strings.Builder
	for _, t := range d.Types {
		fmt.Fprintf(&b, "%s %s < %s key %v alternate %v abstract %v open %v stream %v flags %v %v\n", t.Kind, t.Name, t.Base, t.Key, t.AlternateKeys, t.Abstract, t.Open, t.Stream, t.Flags, t.Members)
		for _, p := range t.Properties {
			fmt.Fprintf(&b, "  .%s %s null %v computed %v\n", p.Name, p.Type, p.Nullable, p.Computed)
		}
		for _, n := range t.Navigations {
			fmt.Fprintf(&b, "  /%s %s null %v contains %v %v\n", n.Name, n.Type, n.Nullable, n.Contains, n.Facts)
		}
	}
	for _, o := range d.Operations {
		fmt.Fprintf(&b, "%s action %v on %s composable %v path %s %v -> %s null %v\n", o.Name, o.Action, o.Binding, o.Composable, o.EntitySetPath, o.Parameters, o.Returns, o.ReturnsNullable)
	}
	for _, n := range d.Sets {
		fmt.Fprintf(&b, "%s/%s %s %v %v\n", d.Container, n.Name, n.Type, n.Bindings, n.Facts)
	}
	for _, n := range d.Notes {
		fmt.Fprintf(&b, "! %s: %s\n", n.Reason, n.Detail)
	}
	return b.String()
}

func TestRead(t *testing.T) {
	d, err := Read(strings.NewReader(harbour))
	if err != nil {
		t.Fatal(err)
	}
	want := `enum microsoft.graph.tide <  key [] alternate [] abstract false open false stream false flags true [{low 1} {high 2}]
entity microsoft.graph.entity <  key [id] alternate [] abstract true open false stream false flags false []
  .id Edm.String null false computed false
entity microsoft.graph.berth < microsoft.graph.entity key [] alternate [[code]] abstract false open true stream true flags false []
  .depth Edm.Double null true computed true
  .tides Collection(microsoft.graph.tide) null false computed false
  /ships Collection(microsoft.graph.ship) null true contains true map[expandable:false]
  /warden microsoft.graph.ship null false contains false map[readable:false]
entity microsoft.graph.ship < microsoft.graph.entity key [] alternate [] abstract false open false stream false flags false []
complex microsoft.graph.mark <  key [] alternate [] abstract false open false stream false flags false []
dock action true on microsoft.graph.berth composable false path bindingParameter/ships [{ship microsoft.graph.ship false false}] ->  null false
free action false on Collection(microsoft.graph.berth) composable true path  [{tide microsoft.graph.tide true true}] -> Collection(microsoft.graph.berth) null false
microsoft.graph.GraphService/berths Collection(microsoft.graph.berth) [{warden ships}] map[expandable:true skip:false]
microsoft.graph.GraphService/flagship microsoft.graph.ship [] map[]
! unknown element: Whim in Schema
! restriction of $expand on an unknown navigation: graph.GraphService/berths/gulls
! annotation of an unknown target: microsoft.graph.nobody
! unknown annotation: Org.Nowhere.V1.Odd: microsoft.graph.ship
`
	if got := describe(d); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

func TestReadRefuses(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"", "no root element"},
		{"<a", "XML syntax error"},
		{"<Schema/>", "root element is Schema"},
		{strings.Replace(harbour, `EntityType Name="ship"`, `EntityType Name="berth"`, 1), "defined twice"},
		{strings.Replace(harbour, `Name="low" Value="1"`, `Name="low" Value="one"`, 1), "value of member low"},
		{strings.Replace(harbour, `Namespace="microsoft.graph" `, "", 1), "without a namespace"},
		{strings.Repeat("<a>", 80) + strings.Repeat("</a>", 80), "deeper"},
	} {
		if _, err := Read(strings.NewReader(tt.in)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%.40q: %v, want %s", tt.in, err, tt.want)
		}
	}
}

// Whatever comes in, reading ends without a panic, and twice with the same facts.
func FuzzRead(f *testing.F) {
	f.Add(harbour)
	f.Add(`<Edmx xmlns="http://docs.oasis-open.org/odata/ns/edmx"><DataServices><Schema Namespace="a"><Action IsBound="true"/></Schema></DataServices></Edmx>`)
	f.Fuzz(func(t *testing.T, in string) {
		a, err := Read(strings.NewReader(in))
		if err != nil {
			return
		}
		b, err := Read(strings.NewReader(in))
		if err != nil || describe(a) != describe(b) {
			t.Fatalf("two readings differ: %v", err)
		}
		for _, ty := range a.Types {
			if ty.Kind == Enum && slices.ContainsFunc(ty.Properties, func(Property) bool { return true }) {
				t.Fatalf("enumeration %s with properties", ty.Name)
			}
		}
	})
}
