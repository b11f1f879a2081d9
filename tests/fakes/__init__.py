"""Fakes of the services that the product talks to: real HTTP servers on loopback that follow the wire facts."""
