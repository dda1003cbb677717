import Polling
import SeededRandom
import Testing

@testable import Ledger

/// Counting by bytes is counting ballot by ballot.
struct CellCountsTests {
  /// Against a model, with so little room that cells are forgotten all the time.
  @Test(arguments: [1, 10, 1 << 16])
  func countsLikeTheRule(mostCells: Int) throws {
    var random = SplitMix64()
    var poll = try Sample.poll()
    poll.version = 1
    var definitions = Definitions()
    #expect(definitions.publish(poll, sequence: 1) == nil)
    var counts = CellCounts(mostCells: mostCells)
    typealias Cells = [CellKey: Int64]
    func add(_ cells: Cells, to sum: inout Cells) { sum.merge(cells) { $0 + $1 } }
    func nonzero(_ cells: Cells) -> Cells { cells.filter { $0.value != 0 } }
    var (transaction, fresh, settling, table): (Cells, Cells, Cells, Cells) = ([:], [:], [:], [:])
    var settled: Cells = [:]

    for _ in 0..<3_000 {
      switch Int.random(in: 0..<20, using: &random) {
      case 0..<15:
        var record = Sample.record(
          try Sample.ballot(1, level: Sample.levels[Int.random(in: 0..<5, using: &random)]))
        record.day = Day(number: .random(in: 0..<30, using: &random))
        let sign: Int64 = Bool.random(using: &random) ? 1 : -1
        var writer = ByteWriter()
        let range = CastEntry.encode(record, into: &writer)
        let part = try Array(writer.bytes[range]).borrowed { (bytes) throws(FormatError) in
          try counts.part(bytes, definitions)
        }
        counts.count(try #require(part), sign: sign)
        for (key, count) in record.cells(in: poll) { transaction[key, default: 0] += sign * count }
      case 15, 16:
        #expect(counts.ofTransaction[poll.id] ?? [:] == nonzero(transaction))
        counts.committed()
        add(transaction, to: &fresh)
        transaction = [:]
      case 17:
        counts.rolledBack()
        transaction = [:]
      case 18 where settling.isEmpty:
        counts.beginSettling()
        (settling, fresh) = (fresh, [:])
      default:
        if settling.isEmpty { continue }
        try counts.forEachSettling { cell, count in settled[cell.key, default: 0] += count }
        counts.settled()
        add(settling, to: &table)
        settling = [:]
        #expect(nonzero(settled) == nonzero(table))
      }
      var waiting = settling
      add(fresh, to: &waiting)
      var told: Cells = [:]
      counts.forEachUnsettled { told[$0.key, default: 0] += $1 }
      try #require(nonzero(told) == nonzero(waiting))
    }
  }

  /// A part is seen with the definitions it was asked with, once they are said to have changed.
  @Test func definitionsChange() throws {
    var definitions = Definitions()
    var counts = CellCounts()
    var writer = ByteWriter()
    let range = CastEntry.encode(Sample.record(try Sample.ballot(1)), into: &writer)
    let bytes = Array(writer.bytes[range])
    func part() throws -> CellCounts.Part? {
      try bytes.borrowed { (bytes) throws(FormatError) in try counts.part(bytes, definitions) }
    }
    #expect(try part() == nil)
    var poll = try Sample.poll(onePerCredential: true)
    poll.version = 1
    #expect(definitions.publish(poll, sequence: 1) == nil)
    #expect(try part()?.isClosed == false)
    #expect(try part()?.spendsCredentials == true)
    #expect(definitions.close(poll.id, at: Sample.time, sequence: 2) == nil)
    counts.forgetParts()
    #expect(try part()?.isClosed == true)
    #expect(throws: FormatError.self) {
      try bytes.dropLast().map { $0 }.borrowed { (bytes) throws(FormatError) in try counts.part(bytes, definitions) }
    }
  }
}
