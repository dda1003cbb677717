import Polling
import Testing

@testable import Ledger

@Suite(.timeLimit(.minutes(1)))
struct CampaignEventBodyTests {
  private static func act(_ event: CampaignEvent, body: [UInt8]? = nil, by: String = "admin/dong-da/lan") throws -> Act
  {
    Act(
      register: .campaign(try RecordID("dong-da-2023")), id: .init(high: 1, low: 2), name: event.word.rawValue,
      body: body ?? event.body, by: by, at: Timestamp(milliseconds: 0))
  }

  @Test func everyEventIsReadAsItWasWritten() throws {
    let events = try CampaignEvents.all()
    #expect(Set(events.map(\.word)) == Set(CampaignEvent.Word.allCases))
    for event in events {
      #expect(try CampaignEvent(try Self.act(event)) == event)
      // Swift holds texts equal that only look the same.
      #expect(try CampaignEvent(try Self.act(event)).body == event.body)
    }
  }

  @Test func everyByteIsReadOrRefused() throws {
    for event in try CampaignEvents.all() {
      let body = event.body
      for length in body.indices {
        #expect(throws: LedgerFileError.self, "\(event.word)") {
          try CampaignEvent(try Self.act(event, body: Array(body[..<length])))
        }
      }
      for place in body.indices {
        for bit in 0..<8 {
          var flipped = body
          flipped[place] ^= 1 << bit
          let read = try? CampaignEvent(try Self.act(event, body: flipped))
          #expect(read.map { $0.body == flipped } ?? true, "\(event.word): bit \(bit) of byte \(place)")
        }
      }
    }
  }

  /// The acts that a server enters, and what they fold to.
  @Test func aRegisterFoldsToItsCampaign() throws {
    let steps: [(CampaignEvent, String)] = [
      (.publish(try CampaignEvents.campaign()), "admin/dong-da/lan"),
      (.nominate([try CampaignEvents.nomination(1)], controlTotal: nil), "clerk/dong-da/lang-ha/mai"),
      (.move([try RecordID("m-1")], .submit, reason: "", document: ""), "clerk/dong-da/lang-ha/mai"),
    ]
    var acts: [EnteredAct] = []
    for (index, (event, by)) in steps.enumerated() {
      let number = UInt64(index + 1)
      acts.append(EnteredAct(number: number, sequence: number + 10, act: try Self.act(event, by: by)))
    }
    var book = CampaignBook(try RecordID("dong-da-2023"))
    for act in acts { try book.fold(act) }
    #expect(book.standing(try RecordID("m-1"))?.state == .submitted)

    func folding(_ index: Int, _ change: (inout Act) -> Void) throws {
      var book = CampaignBook(try RecordID("dong-da-2023"))
      for act in acts[..<index] { try book.fold(act) }
      let before = book
      var changed = acts[index]
      change(&changed.act)
      #expect(throws: LedgerFileError.self) { try book.fold(changed) }
      #expect(book == before)
    }
    try folding(0) { $0.by = "clerk/dong-da/lan" }
    try folding(0) { $0.by = "auditor/dong-da/lan" }
    try folding(0) { $0.name = "other" }
    try folding(1) { $0.by = "clerk/ba-dinh/mai" }
    try folding(1) { $0.reverses = 1 }
    try folding(2) { $0.by = "screener/dong-da/lang-ha/mai" }
    // Twice the same says nothing the second time.
    try folding(1) { $0 = acts[0].act }
  }
}
