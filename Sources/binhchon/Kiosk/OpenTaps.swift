internal import Kiosk
internal import Schema

/// Taps on the disk to which reasons may still be added.
struct OpenTaps {
  private var waiting: [UInt64: Tap] = [:]
  /// Nothing more comes to these; the disk had no room to say so.
  private var unfinished: [(tap: Tap, ballot: Binhchon_V1_Ballot?)] = []

  mutating func add(_ tap: Tap) {
    waiting[tap.sequence] = tap
  }

  /// Ends one, with these answers; a tap that is not open stays as it is.
  mutating func complete(
    _ number: UInt64, _ answers: [PickedAnswer], _ delivery: KioskDelivery
  ) throws(SpoolError) {
    guard let tap = waiting.removeValue(forKey: number) else { return }
    // A ballot of our own that cannot be read goes out as it is.
    var ballot = answers.isEmpty ? nil : try? tap.ballot()
    ballot?.answers += answers.map(Binhchon_V1_Answer.init)
    unfinished.append((tap, ballot))
    try finish(delivery)
  }

  /// Tries again what there was no room for. To be called now and then: until then those are not sent.
  ///
  /// - Throws: the disk failed. That it is full is waited out.
  mutating func finish(_ delivery: KioskDelivery) throws(SpoolError) {
    while let next = unfinished.first {
      do throws(SpoolError) {
        try delivery.complete(next.tap, with: next.ballot)
      } catch {
        guard error.code == .diskFull else { throw error }
        return
      }
      unfinished.removeFirst()
    }
  }
}
