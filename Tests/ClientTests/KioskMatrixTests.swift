import Kiosk
import Schema
import Testing

@testable import binhchon

/// Every event in every state: in brackets the state, before the colon what happens and the page that follows, behind it
/// the events that do so.
@Suite struct KioskMatrixTests {
  static let expected = """
    [starting]
    starting: 1, 2, 5, 9, 0, +, -, d, đ, enter, backspace, right, unknown, touch level 2, touch level 99, \
    touch dossier, touch reason 1, touch reason 99, touch done, touch skip, *, touch stop, scan, scan of much, \
    bad scan, tick, 5 after thanks, tick after thanks, 5 after the notice, tick after the notice, tick when \
    idle, 5 when idle, scan when idle, end
    starting → en: l, tab, touch language
    quit → starting: ^C
    [asking]
    take 1 open → asking(): 1
    take 2 open → asking(): 2, touch level 2
    take 5 → asking(): 5, 5 after thanks, 5 after the notice, 5 when idle
    asking(): 9, 0, +, -, đ, enter, backspace, right, unknown, touch level 99, touch reason 1, touch reason \
    99, touch done, touch skip, *, touch stop, tick, tick after thanks, tick after the notice, tick when idle, \
    end
    identifying(): d, touch dossier
    asking() → en: l, tab, touch language
    quit → asking(): ^C
    asking(H40-2): scan, scan when idle
    asking(?): scan of much, bad scan
    [bound]
    take 1 of H40-1 open → asking(H40-1): 1
    take 2 of H40-1 open → asking(H40-1): 2, touch level 2
    take 5 of H40-1 → asking(H40-1): 5, 5 after thanks, 5 after the notice
    asking(H40-1): 9, 0, +, -, đ, enter, backspace, right, unknown, touch level 99, touch reason 1, touch \
    reason 99, touch done, touch skip, *, touch stop, tick, tick after thanks, tick after the notice
    identifying(): d, touch dossier
    asking(H40-1) → en: l, tab, touch language
    quit → asking(H40-1): ^C
    asking(H40-2): scan, scan when idle
    asking(?): scan of much, bad scan
    asking(): tick when idle, end
    take 5 → asking(): 5 when idle
    [typing]
    identifying(H41): 1
    identifying(H42): 2
    identifying(H45): 5, 5 after thanks, 5 after the notice
    identifying(H49): 9
    identifying(H40): 0
    identifying(H4+): +
    identifying(H4-): -
    identifying(H4d): d
    identifying(H4l): l
    identifying(H4đ): đ
    identifying(H4) → en: tab, touch language
    asking(H4): enter, touch done
    identifying(H): backspace
    identifying(H4): right, unknown, touch level 2, touch level 99, touch dossier, touch reason 1, touch \
    reason 99, touch stop, tick, tick after thanks, tick after the notice
    quit → identifying(H4): ^C
    asking(): touch skip, tick when idle, end
    identifying(H4*): *
    asking(H40-2): scan, scan when idle
    asking(?): scan of much, bad scan
    take 5 → asking(): 5 when idle
    [identifying]
    identifying(1): 1
    identifying(2): 2
    identifying(5): 5, 5 after thanks, 5 after the notice, 5 when idle
    identifying(9): 9
    identifying(0): 0
    identifying(+): +
    identifying(-): -
    identifying(d): d
    identifying(l): l
    identifying(đ): đ
    identifying() → en: tab, touch language
    identifying(): enter, backspace, right, unknown, touch level 2, touch level 99, touch dossier, touch \
    reason 1, touch reason 99, touch done, touch skip, touch stop, tick, tick after thanks, tick after the \
    notice, tick when idle, end
    quit → identifying(): ^C
    identifying(*): *
    asking(H40-2): scan, scan when idle
    identifying(?): scan of much, bad scan
    [bound and needed]
    take 1 of H40-1 open → asking(H40-1): 1
    take 2 of H40-1 open → asking(H40-1): 2, touch level 2
    take 5 of H40-1 → asking(H40-1): 5, 5 after thanks, 5 after the notice
    asking(H40-1): 9, 0, +, -, đ, enter, backspace, right, unknown, touch level 99, touch reason 1, touch \
    reason 99, touch done, touch skip, *, touch stop, tick, tick after thanks, tick after the notice
    identifying(): d, touch dossier, tick when idle, end
    asking(H40-1) → en: l, tab, touch language
    quit → asking(H40-1): ^C
    asking(H40-2): scan, scan when idle
    identifying(?): scan of much, bad scan
    identifying(5): 5 when idle
    [thanking and needed]
    thanking(): 1, 2, 5, 9, 0, +, -, d, đ, enter, backspace, right, unknown, touch level 2, touch level 99, \
    touch dossier, touch reason 1, touch reason 99, touch done, touch skip, *, touch stop, scan of much, bad \
    scan, tick
    thanking() → en: l, tab, touch language
    quit → thanking(): ^C
    asking(H40-2): scan, scan when idle
    identifying(5): 5 after thanks, 5 after the notice, 5 when idle
    identifying(): tick after thanks, tick after the notice, tick when idle, end
    [reasons]
    ly-do[1, 2]: 1, touch reason 1
    ly-do[]: 2
    ly-do[2]: 5, 9, d, đ, right, unknown, touch level 2, touch level 99, touch dossier, touch reason 99, scan \
    of much, bad scan, tick, 5 after thanks, tick after thanks, 5 after the notice, tick after the notice
    complete 7 → thanking(): 0, -, backspace, touch skip
    complete 7 ly-do=THAI-DO → thanking(): +, enter, touch done, *, touch stop
    ly-do[2] → en: l, tab, touch language
    quit → ly-do[2]: ^C
    complete 7 → asking(H40-2): scan, scan when idle
    complete 7 → asking(): tick when idle, 5 when idle, end
    [just asked]
    ly-do[]: 1, 2, 5, 9, 0, +, -, d, l, đ, tab, enter, backspace, right, unknown, touch level 2, touch level \
    99, touch language, touch dossier, touch reason 1, touch reason 99, touch done, touch skip, *, touch stop, \
    scan of much, bad scan, tick, 5 after thanks, tick after thanks, 5 after the notice, tick after the notice
    quit → ly-do[]: ^C
    complete 7 → asking(H40-2): scan, scan when idle
    complete 7 → asking(): tick when idle, 5 when idle, end
    [asked again]
    complete 7 ly-do=THAI-DO goi-lai=CO → thanking(): 1, touch reason 1
    complete 7 ly-do=THAI-DO goi-lai=KHONG → thanking(): 2
    goi-lai[] ly-do=THAI-DO: 5, 9, d, đ, right, unknown, touch level 2, touch level 99, touch dossier, touch \
    reason 99, scan of much, bad scan, tick, 5 after thanks, tick after thanks, 5 after the notice, tick after \
    the notice
    complete 7 ly-do=THAI-DO → thanking(): 0, +, -, enter, backspace, touch done, touch skip, *, touch stop
    goi-lai[] ly-do=THAI-DO → en: l, tab, touch language
    quit → goi-lai[] ly-do=THAI-DO: ^C
    complete 7 ly-do=THAI-DO → asking(H40-2): scan, scan when idle
    complete 7 ly-do=THAI-DO → asking(): tick when idle, 5 when idle, end
    [thanking]
    repeat 1 → thanking(): 1
    repeat 2 → thanking(): 2, touch level 2
    repeat 5 → thanking(): 5
    thanking(): 9, 0, +, -, d, đ, enter, backspace, right, unknown, touch level 99, touch dossier, touch \
    reason 1, touch reason 99, touch done, touch skip, *, touch stop, scan of much, bad scan, tick
    thanking() → en: l, tab, touch language
    quit → thanking(): ^C
    asking(H40-2): scan, scan when idle
    take 5 → asking(): 5 after thanks, 5 after the notice, 5 when idle
    asking(): tick after thanks, tick after the notice, tick when idle, end
    [noticing]
    repeat 1 → thanking(rated before): 1
    repeat 2 → thanking(rated before): 2, touch level 2
    repeat 5 → thanking(rated before): 5
    thanking(rated before): 9, 0, +, -, d, đ, enter, backspace, right, unknown, touch level 99, touch dossier, \
    touch reason 1, touch reason 99, touch done, touch skip, *, touch stop, scan of much, bad scan, tick, tick \
    after thanks
    thanking(rated before) → en: l, tab, touch language
    quit → thanking(rated before): ^C
    asking(H40-2): scan, scan when idle
    take 5 → asking(): 5 after thanks, 5 after the notice, 5 when idle
    asking(): tick after the notice, tick when idle, end
    [apologising]
    apologising(H40-1): 1, 2, 5, 9, 0, +, -, d, đ, enter, backspace, right, unknown, touch level 2, touch \
    level 99, touch dossier, touch reason 1, touch reason 99, touch done, touch skip, *, touch stop, tick
    apologising(H40-1) → en: l, tab, touch language
    quit → apologising(H40-1): ^C
    asking(H40-2): scan, scan when idle
    asking(?): scan of much, bad scan
    take 5 of H40-1 → asking(H40-1): 5 after thanks, 5 after the notice
    asking(H40-1): tick after thanks, tick after the notice
    asking(): tick when idle, end
    take 5 → asking(): 5 when idle
    [not open]
    not open: 1, 2, 5, 9, 0, +, -, d, đ, enter, backspace, right, unknown, touch level 2, touch level 99, \
    touch dossier, touch reason 1, touch reason 99, touch done, touch skip, *, touch stop, scan, scan of much, \
    bad scan, tick, 5 after thanks, tick after thanks, 5 after the notice, tick after the notice, tick when \
    idle, 5 when idle, scan when idle, end
    not open → en: l, tab, touch language
    quit → not open: ^C
    [full]
    full: 1, 2, 5, 9, 0, +, -, d, đ, enter, backspace, right, unknown, touch level 2, touch level 99, touch \
    dossier, touch reason 1, touch reason 99, touch done, touch skip, *, touch stop, scan, scan of much, bad \
    scan, tick, 5 after thanks, tick after thanks, 5 after the notice, tick after the notice, tick when idle, \
    5 when idle, scan when idle, end
    full → en: l, tab, touch language
    quit → full: ^C
    [refused]
    WRONG_ROLE: 1, 2, 5, 9, 0, +, -, d, đ, enter, backspace, right, unknown, touch level 2, touch level 99, \
    touch dossier, touch reason 1, touch reason 99, touch done, touch skip, *, touch stop, scan, scan of much, \
    bad scan, tick, 5 after thanks, tick after thanks, 5 after the notice, tick after the notice, tick when \
    idle, 5 when idle, scan when idle, end
    WRONG_ROLE → en: l, tab, touch language
    quit → WRONG_ROLE: ^C
    [unfit]
    unfit: 1, 2, 5, 9, 0, +, -, d, đ, enter, backspace, right, unknown, touch level 2, touch level 99, touch \
    dossier, touch reason 1, touch reason 99, touch done, touch skip, *, touch stop, scan, scan of much, bad \
    scan, tick, 5 after thanks, tick after thanks, 5 after the notice, tick after the notice, tick when idle, \
    5 when idle, scan when idle, end
    unfit → en: l, tab, touch language
    quit → unfit: ^C
    """

  @Test func everyEventInEveryState() throws {
    var told = ""
    for state in KioskStates.names {
      told += "[\(state)]\n"
      var results: [(result: String, events: [String])] = []
      for (name, event, now) in KioskStates.events {
        var machine = try KioskStates.machine(state)
        let result = KioskStates.result(&machine, event, now: now)
        if let place = results.firstIndex(where: { $0.result == result }) {
          results[place].events.append(name)
        } else {
          results.append((result, [name]))
        }
      }
      told += results.map { "\($0.result): \($0.events.joined(separator: ", "))\n" }.joined()
    }
    // Line by line, so that a difference is told as one.
    let (lines, wanted) = (told.split(separator: "\n"), Self.expected.split(separator: "\n"))
    for (line, want) in zip(lines, wanted) { #expect(line == want) }
    #expect(lines.count == wanted.count)
  }

  /// The same events again, where no key ends the page and where nobody names a dossier.
  @Test(arguments: KioskStates.names)
  func lockedAndWithoutScanner(_ state: String) throws {
    for (name, event, now) in KioskStates.events {
      var usual = try KioskStates.machine(state)
      var locked = try KioskStates.machine(state, isLocked: true)
      let before = locked
      if event == .key(.interrupt) {
        #expect(locked.handle(event, now: now) == [])
        #expect(locked.page == before.page)
      } else {
        #expect(locked.handle(event, now: now) == usual.handle(event, now: now), "\(name)")
      }
    }
    if ["bound", "typing", "apologising"].contains(state) || state.contains("needed") || state == "identifying" {
      return
    }
    for event in [KioskStateMachine.Event.scan("H40-2"), .unreadableScan, .touch(.dossier), .key(.character("d"))] {
      var machine = try KioskStates.machine(state, takesDossier: false)
      let before = machine.page
      #expect(machine.handle(event, now: 1_500) == [])
      #expect(machine.page == before)
    }
  }
}
