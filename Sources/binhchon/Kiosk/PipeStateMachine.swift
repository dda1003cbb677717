/// Reads the key language of a kiosk whose keys come from a pipe:
///
///     5        a rating, by the key of the page: 1…9, 0
///     2(13)    a rating and its reasons, where the poll asks for them; one (…) for each question
///     =NUMBER  up to the end of the line: the dossier of the next rating
///
/// Space, tabs and ends of lines (bytes, as they are in ASCII) between them mean nothing. The rating counts at its key;
/// what is in parentheses joins it at the closing one. What is not closed by the end of its line, of the input or of the
/// page's idle time is left out, and so is what is in parentheses where nothing was asked, and a dossier without its
/// rating, or where none is taken. What is left out is never a rating, also if its rest comes late.
///
/// Times are milliseconds of any steady clock.
struct PipeStateMachine: Sendable, Equatable {
  enum Action: Sendable, Equatable {
    case take(KioskStateMachine.Rating)
    /// Nothing more is added to the last rating than these.
    case complete([PickedAnswer])
    case unknown(Character)
    /// The poll asks for a dossier, and none was named: not taken.
    case lacksDossier
    case badDossier
  }

  private enum State: Sendable, Equatable {
    case ground(dossier: String?)
    case number([UInt8])
    case open(FollowUpQueue)
    case reasons(FollowUpQueue, picked: Set<Int>)
    /// In parentheses where nothing was asked, or whose time is over: no rating is made of that.
    case skipping
    /// In a number that nobody asked for, or whose time is over: neither of that.
    case skippingLine
  }

  private let form: KioskForm
  private let takesDossier: Bool
  private var state = State.ground(dossier: nil)
  private var last: Int64 = 0

  init(form: KioskForm, takesDossier: Bool) {
    self.form = form
    self.takesDossier = takesDossier || form.needsDossier
  }

  /// Between two ratings: another version may take this one's place.
  var isIdle: Bool { state == .ground(dossier: nil) }

  /// More may still be answered after the last rating, and nothing has begun.
  var isOpen: Bool { if case .open = state { true } else { false } }

  /// Whether the first key of these is another rating's, or names a dossier.
  static func beginsAnew(_ bytes: some Sequence<UInt8>) -> Bool {
    bytes.first { !isSpace($0) }.map { $0 != UInt8(ascii: "(") } ?? false
  }

  mutating func take(_ bytes: some Sequence<UInt8>, now: Int64) -> [Action] {
    let before = tick(now: now)
    last = now
    return bytes.reduce(into: before) { $0 += take($1) }
  }

  mutating func tick(now: Int64) -> [Action] {
    guard now - last >= form.manners.idle else { return [] }
    switch state {
    case .ground, .open: return end()
    case .number, .skippingLine:
      state = .skippingLine
      return []
    case .reasons(let open, _):
      state = .skipping
      return [.complete(open.answers)]
    case .skipping: return []
    }
  }

  /// Nothing more comes.
  mutating func end() -> [Action] {
    defer { state = .ground(dossier: nil) }
    switch state {
    case .ground, .number, .skipping, .skippingLine: return []
    case .open(let open), .reasons(let open, _): return [.complete(open.answers)]
    }
  }

  private mutating func take(_ byte: UInt8) -> [Action] {
    let key = Character(Unicode.Scalar(byte))
    switch state {
    case .number(let bytes):
      guard Self.isEnd(byte) else {
        // As long as it makes a difference.
        if bytes.count <= ScanStateMachine.longest { state = .number(bytes + [byte]) }
        return []
      }
      let dossier = String(validating: bytes, as: UTF8.self).flatMap(DossierNumber.read)
      state = .ground(dossier: dossier)
      // An empty one takes the last one back.
      let isEmpty = bytes.allSatisfy { $0 <= 0x20 }
      return dossier == nil && !isEmpty ? [.badDossier] : []
    case .ground(let dossier): return Self.isSpace(byte) ? [] : begin(key, dossier)
    case .open(let open):
      if Self.isSpace(byte) { return [] }
      guard key == "(" else {
        state = .ground(dossier: nil)
        return [.complete(open.answers)] + begin(key, nil)
      }
      state = .reasons(open, picked: [])
      return []
    case .reasons(let open, let picked):
      if Self.isEnd(byte) { return end() }
      return Self.isSpace(byte) ? [] : reason(key, open, picked)
    case .skipping:
      if key == ")" || Self.isEnd(byte) { state = .ground(dossier: nil) }
      return []
    case .skippingLine:
      if Self.isEnd(byte) { state = .ground(dossier: nil) }
      return []
    }
  }

  // By the byte: 0x85 and 0xA0 are spaces in Latin-1, and parts of letters here.
  private static func isEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }
  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || isEnd(byte) }

  private mutating func begin(_ key: Character, _ dossier: String?) -> [Action] {
    if key == "=" {
      state = takesDossier ? .number([]) : .skippingLine
      return takesDossier ? [] : [.unknown(key)]
    }
    if key == "(" {
      state = .skipping
      return [.unknown(key)]
    }
    guard let choice = form.choice(for: key) else { return [.unknown(key)] }
    if form.needsDossier, dossier == nil { return [.lacksDossier] }
    let followUps = form.followUps(after: choice)
    let isOpen = followUps.next != nil
    state = isOpen ? .open(followUps) : .ground(dossier: nil)
    return [.take(KioskStateMachine.Rating(choice: choice, dossier: dossier, isOpen: isOpen))]
  }

  private mutating func reason(_ key: Character, _ open: FollowUpQueue, _ picked: Set<Int>) -> [Action] {
    guard let followUp = open.next else { return end() }
    if key == ")" {
      var open = open
      open.answer(picked)
      state = .open(open)
      return open.next == nil ? end() : []
    }
    guard let place = followUp.choice(for: key) else { return [.unknown(key)] }
    var picked = picked
    if picked.remove(place) == nil {
      guard picked.count < followUp.votesAllowed else { return [.unknown(key)] }
      picked.insert(place)
    }
    state = .reasons(open, picked: picked)
    return []
  }
}
