import Testing

@testable import Polling

/// What people may write, what it is called by, and what is kept of its place.
struct CommentTests {
  private static let question = TextQuestion(id: "y-kien", text: LocalizedText(vi: "?", en: "?"), mostBytes: 12)

  @Test(
    arguments: [
      ("Chờ lâu", nil), ("a\nb", nil), ("123456789012", nil), ("1234567890123", "is longer than 12 bytes"),
      // Letters are counted in bytes.
      ("ẩẩẩẩ", nil), ("ẩẩẩẩa", "is longer than 12 bytes"), ("", "is empty"), (" \n\u{3000} ", "is empty"),
      ("\u{1B}[2J", "has control characters"), ("a\tb", "has control characters"), ("\u{85}", "has control characters"),
    ] as [(String, String?)])
  func answers(_ answer: String, _ problem: String?) {
    #expect(Self.question.problem(with: answer) == problem)
  }

  @Test func idsAreRandomAndTellNoTime() throws {
    let id = CommentID(random: (.max, .max))
    #expect(id.description == "ffffffff-ffff-4fff-bfff-ffffffffffff")
    #expect(CommentID(random: (0, 0)).description == "00000000-0000-4000-8000-000000000000")
    #expect(try CommentID(bytes: id.bytes) == id)
    #expect(CommentID("ffffffff-ffff-4FFF-bfff-ffffffffffff") == id)
    // A ballot's is none, nor is anything shorter.
    let ballot = BallotID(time: Timestamp(milliseconds: 1), precision: .second, random: (1, 2))
    #expect(throws: InvalidValue.self) { try CommentID(bytes: ballot.bytes) }
    #expect(throws: InvalidValue.self) { try CommentID(bytes: id.bytes.dropLast()) }
    for text in [
      ballot.description, "", "ffffffffffff-4fff-bfff-ffffffffffff", "ffffffff-ffff-4fff-bfff-fffffffffff",
      "gfffffff-ffff-4fff-bfff-ffffffffffff", "ffffffff-ffff-4fff-bfff-ffffffffff-f",
      "ffffffff-ffff-4fff-bfff-fffffffffff\u{E9}",
    ] { #expect(CommentID(text) == nil, "\(text)") }
  }

  @Test func deletionsAreReadAsTheyAreWritten() throws {
    let id = CommentID(random: (5, 6))
    let day = try #require(Day(iso: "2025-06-30"))
    for deletion in [
      CommentDeletion(.one(id), reason: "Người viết yêu cầu"), CommentDeletion(.before(day), reason: ""),
    ] { #expect(CommentDeletion(body: deletion.body) == deletion) }
    #expect(String(decoding: CommentDeletion(.before(day), reason: "cũ").body, as: UTF8.self) == "2025-06-30 cũ")
    for body in ["", "2025-06-30", "2025-06-31 cũ", "all cũ"] {
      #expect(CommentDeletion(body: Array(body.utf8)) == nil)
    }
    #expect(CommentDeletion(body: [0xFF, 0x20]) == nil)
  }

  @Test func aPlaceIsKeptWhereNobodyIsToldByIt() throws {
    var poll = try Sample.poll()
    let unit = try UnitPath("\(poll.unit)/quay-01")
    for (k, anonymity, isShown) in [
      (UInt32(1), Policy.Anonymity.pseudonymous, true), (5, .pseudonymous, false), (1, .anonymous, false),
      (5, .anonymous, false),
    ] {
      (poll.policy.smallestGroup, poll.policy.anonymity) = (k, anonymity)
      #expect(poll.showsComments(smallestGroup: poll.policy.smallestGroup) == isShown)
      #expect(!poll.showsComments(smallestGroup: 5))
      #expect(poll.place(ofCommentAt: unit, smallestGroup: poll.policy.smallestGroup) == (isShown ? unit : poll.unit))
    }
  }

  @Test func aDefinitionWithoutFreeTextHasTheBytesItAlwaysHad() throws {
    var poll = try Sample.poll()
    let before = poll.definition
    poll.texts = [Self.question]
    let asked = poll.definition
    #expect(asked != before)
    poll.texts[0].askedIf = Condition(question: "q", choices: ["a"])
    #expect(poll.definition != asked)
    poll.texts = []
    #expect(poll.definition == before)
  }
}
