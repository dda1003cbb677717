import Testing

@testable import binhchon

@Suite struct ScanTests {
  /// What comes out of keys at given times; `~` is a tick.
  private func outputs(_ events: [(keys: String, from: Int64, every: Int64)]) -> [String] {
    var machine = ScanStateMachine()
    var told: [String] = []
    for (keys, from, every) in events {
      for (index, key) in keys.enumerated() {
        let now = from + Int64(index) * every
        let outputs: [ScanStateMachine.Output] =
          switch key {
          case "~": machine.tick(now: now)
          case "⏎": machine.take(.enter, now: now)
          case "⇥": machine.take(.tab, now: now)
          case "⌫": machine.take(.backspace, now: now)
          default: machine.take(.character(key), now: now)
          }
        told += outputs.map {
          switch $0 {
          case .key(.character(let key)): "\(key)"
          case .key(let key): "\(key)"
          case .scanned(let text): "scanned \(text)"
          case .unreadable: "unreadable"
          }
        }
      }
    }
    return told
  }

  @Test func aScannerIsNoHand() {
    #expect(outputs([("H40-240105⏎", 0, 8)]) == ["scanned H40-240105"])
    #expect(outputs([("H40-240105⇥", 0, 50)]) == ["scanned H40-240105"])
    // All at once, as over a slow line, and again.
    #expect(outputs([("000001⏎000002⏎", 0, 0)]) == ["scanned 000001", "scanned 000002"])
  }

  @Test func aHandIsNoScanner() {
    // Held for one gap, no longer.
    #expect(outputs([("5~", 0, 50)]) == [])
    #expect(outputs([("5~", 0, 51)]) == ["5"])
    #expect(outputs([("H40-2401", 0, 120), ("⏎", 1_000, 0)]) == ["H", "4", "0", "-", "2", "4", "0", "1", "enter"])
    // Two fingers at once, and then nothing.
    #expect(outputs([("54", 0, 10), ("~", 61, 0)]) == ["5", "4"])
    #expect(outputs([("12345⏎", 0, 10)]) == ["1", "2", "3", "4", "5", "enter"])
    #expect(outputs([("⌫", 0, 0)]) == ["backspace"])
    #expect(outputs([("54⌫", 0, 10)]) == ["5", "4", "backspace"])
  }

  /// What keyboards repeat of a held key is no scan that was cut off.
  @Test func aHeldKeyIsNoScan() {
    let held = String(repeating: "5", count: 30)
    // The first one counts; half a second later they come in a row.
    #expect(outputs([("5", 0, 0), (held, 500, 33), ("~", 1_600, 0), ("4", 1_700, 0), ("~", 1_800, 0)]) == ["5", "4"])
    #expect(outputs([(held, 0, 40), ("⌫", 1_170, 0), ("H40-24⏎", 1_200, 8)]) == ["backspace", "scanned H40-24"])
    #expect(outputs([(String(repeating: "5", count: 3_000), 0, 33), ("~", 100_000, 0), ("4~", 100_100, 60)]) == ["4"])
    #expect(outputs([("555556", 0, 33), ("~", 300, 0)]) == ["unreadable"])
  }

  @Test func aPartOfANumberIsNeverANumber() {
    // It stalls, goes on, and ends: none of it is a key or a number.
    #expect(outputs([("H40-24", 0, 8), ("~", 200, 0), ("010500⏎", 210, 8)]) == ["unreadable"])
    #expect(outputs([("H40-24", 0, 8), ("010500⏎", 200, 8)]) == ["unreadable"])
    // Without an end, and then a citizen.
    #expect(outputs([("H40-240105", 0, 8), ("~", 200, 0), ("~", 400, 0), ("5~", 401, 60)]) == ["unreadable", "5"])
    #expect(outputs([("H40-240105", 0, 8), ("~", 500, 0), ("5~", 600, 60)]) == ["unreadable", "5"])
    #expect(outputs([("H40-24⌫", 0, 8)]) == ["unreadable", "backspace"])
    // A key of another kind says nothing of what is still to come.
    #expect(outputs([("H40-24⌫", 0, 8), ("010500⏎", 60, 8)]) == ["unreadable", "backspace"])
    let long = outputs([(String(repeating: "78", count: 750) + "⏎", 0, 1), ("5~", 2_000, 60)])
    #expect(long == ["unreadable", "5"])
  }

  @Test(
    arguments: [
      ("H40-1", "H40-1"), (" h40 / 1\r", "h40/1"), ("", nil), ("  \t", nil), ("a\u{7}b", nil), ("a\u{7F}", nil),
      ("hồ-sơ-1", "hồ-sơ-1"), (String(repeating: "x", count: 128), String(repeating: "x", count: 128)),
      (String(repeating: "x", count: 129), nil),
      // Longer once its letters are capitals, as the server reads it.
      (String(repeating: "ŉ", count: 64), nil),
    ] as [(String, String?)])
  func numbersAreThoseThatTheServerTakes(_ text: String, _ number: String?) {
    #expect(DossierNumber.read(text) == number)
  }
}
