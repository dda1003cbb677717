import Testing

@testable import RPC

@Suite struct ConnectionTableTests {
  private var table = ConnectionTable<String>()

  @Test mutating func aReservedAddressIsNobodysUntilItIsOccupied() {
    let address = table.reserve()
    #expect(table[address] == nil)
    table.occupy(address, "a")
    #expect(table[address] == "a")
  }

  @Test mutating func anAddressIsForOneConnectionOnly() {
    let first = table.reserve()
    table.occupy(first, "a")
    table.remove(first)
    #expect(table[first] == nil)
    let second = table.reserve()
    #expect(second.slot == first.slot && second.generation != first.generation)
    table.occupy(second, "b")
    #expect(table[first] == nil && table[second] == "b")
    // What comes late means nobody.
    table.occupy(first, "late")
    table.remove(first)
    #expect(table[second] == "b")
    #expect(table.reserve().slot != second.slot, "removed once, free once")
  }

  @Test mutating func anAddressOfNoTable() {
    let nowhere = ConnectionAddress(slot: 7, generation: 0)
    table.occupy(nowhere, "x")
    table.remove(nowhere)
    #expect(table[nowhere] == nil)
  }
}
