import Ledger
import Polling
import Synchronization
import Testing

@testable import Server

/// Folds of registers: what is held of them, and what whoever asks gets while others enter, fold and let go.
struct RegisterFoldsTests {
  /// The ids of a register's acts.
  private struct Ids: RegisterFold, Equatable {
    var number: UInt64 = 0
    var bytes = 0
    var ids: [UInt64] = []

    mutating func fold(_ entered: EnteredAct) throws {
      guard entered.number == number + 1 else {
        throw LedgerFileError(.damaged, "act \(entered.number) after \(number)")
      }
      number = entered.number
      ids.append(entered.act.id.low)
    }
  }

  /// Registers in memory, to each of which some act is added between two readings.
  private final class Acts: RegisterReader {
    let count: Mutex<UInt64>
    let added: Int
    let readings = Mutex<[UInt64]>([])

    init(_ count: UInt64, addingOne times: Int = 0) {
      self.count = Mutex(count)
      added = times
    }

    func registers(_ kind: Register.Kind) async throws(LedgerFileError) -> [String: UInt64] { [:] }

    func acts(of register: Register, after: UInt64, limit: Int) async throws(LedgerFileError) -> [EnteredAct] {
      let times = readings.withLock { readings in
        readings.append(after)
        return readings.count
      }
      let last = count.withLock { count in
        defer { if times <= added { count += 1 } }
        return count
      }
      guard after < last else { return [] }
      return (after + 1...last).prefix(limit).map { number in
        EnteredAct(
          number: number, sequence: number,
          act: Act(
            register: register, id: Act.ID(high: 0, low: number * 10), name: "a", body: [], by: "b",
            at: Timestamp(milliseconds: 0)))
      }
    }
  }

  private static func register(_ name: String) -> Register { Register(.vote, name) }

  /// From a fold that has some acts, over pages that end where the register does or not, while it grows or not: every act
  /// once, in order, up to the last that there was.
  @Test(arguments: 0...7 as ClosedRange<UInt64>, 0...2)
  func catchesUp(count: UInt64, growing: Int) async throws {
    for known in 0...count {
      for page in 1...4 {
        let acts = Acts(count, addingOne: growing)
        var fold = Ids()
        for number in 0..<known { (fold.number, fold.ids) = (number + 1, fold.ids + [(number + 1) * 10]) }
        let caught = try await fold.caughtUp(with: Self.register("r"), acts, page: page) { try $0.fold($1) }
        #expect(caught.ids == (0..<caught.number).map { ($0 + 1) * 10 }, "\(known) \(page)")
        #expect(caught.number >= count && caught.number <= count + UInt64(growing), "\(known) \(page)")
        // It stopped where there was nothing more to read.
        let last = try #require(acts.readings.withLock { $0.last })
        #expect(caught.number - last < UInt64(page), "\(known) \(page)")
      }
    }
  }

  @Test func whatCannotBeReadIsOurFault() async {
    let refusal = await #expect(throws: Refusal.self) {
      _ = try await Ids().caughtUp(with: Self.register("r"), Acts(2)) { _, _ in
        throw LedgerFileError(.damaged, "no act")
      }
    }
    #expect(refusal?.code == .internal)
  }

  enum Event {
    /// Of this register, so far, of this size.
    case hold(String, UInt64, bytes: Int = 1)
  }

  /// Three at most, ten bytes at most: by what was held before, what is held after and whether it was news.
  static let rows: [(event: Event, isNews: Bool, held: [String: UInt64], others: Int)] = [
    // Of a register that nothing was said of.
    (.hold("a", 0), false, [:], 0),
    (.hold("a", 3), true, ["a": 3], 0),
    // As far, less far: somebody else was quicker.
    (.hold("a", 3), false, ["a": 3], 0), (.hold("a", 2), false, ["a": 3], 0), (.hold("a", 0), false, ["a": 3], 0),
    (.hold("a", 4), true, ["a": 4], 0),
    (.hold("b", 1), true, ["a": 4, "b": 1], 0),
    (.hold("c", 1), true, ["a": 4, "b": 1, "c": 1], 0),
    // One too many: one of the others goes.
    (.hold("d", 1), true, ["d": 1], 2),
    // Too large together: as many go as it takes.
    (.hold("e", 1, bytes: 9), true, ["e": 1], 1),
    // By itself, however large; and it may grow.
    (.hold("f", 1, bytes: 99), true, ["f": 1], 0), (.hold("f", 2, bytes: 100), true, ["f": 2], 0),
    (.hold("g", 1), true, ["g": 1], 0),
  ]

  @Test func everyEventInEveryState() {
    var folds = RegisterFolds<Ids>(most: 3, mostBytes: 10)
    var names: Set<String> = []
    for (number, row) in Self.rows.enumerated() {
      guard case .hold(let name, let last, let bytes) = row.event else { continue }
      names.insert(name)
      #expect(folds.hold(Ids(number: last, bytes: bytes), of: Self.register(name)) == row.isNews, "\(number)")
      for (name, last) in row.held { #expect(folds[Self.register(name)]?.number == last, "\(number) \(name)") }
      let others = names.subtracting(row.held.keys).filter { folds[Self.register($0)] != nil }
      #expect(others.count == row.others, "\(number)")
    }
  }
}
