"""Counts campaigns and votes on their nominees again, for scripts/recount: bodies of acts of kinds 2 and 4."""
import collections
import hashlib

from entry_body import Body, Breach


class Campaigns:
    """All campaigns of a ledger and the votes on their nominees, by register."""

    CAMPAIGN, VOTE = 2, 4

    def __init__(self):
        self.campaigns, self.votes = collections.defaultdict(Campaign), {}

    def take(self, kind, register, name, data, by):
        if kind == self.CAMPAIGN:
            self.campaigns[register].take(name, data, by)
        if kind == self.VOTE:
            body, vote = Body(data), self.votes.get(register)
            body.u8(1)
            if (name == "open") != (vote is None) or vote and vote.closed:
                raise Breach(f"is {name} in a vote that is not at this stage")
            if vote:
                vote.take(name, body, by.partition("/")[2])
            else:
                self.votes[register] = NomineeVote(body)

    def rows(self):
        for name, campaign in self.campaigns.items():
            yield from ((f"campaign/{name}", *row) for row in campaign.lines())
        for name, vote in self.votes.items():
            yield from vote.lines(f"vote:{name}")


class Campaign:
    """What the acts of one campaign come to. Which may follow which is for those who enter them."""

    MOVES = {"submit": "submitted", "receive": "received", "accept": "eligible", "send-back": "returned",
             "reject": "rejected", "end-vote-not-chosen": "rejected", "open-vote": "voting", "propose": "awaiting",
             "end-vote-chosen": "awaiting", "recognise": "recognised"}

    def __init__(self):
        self.versions, self.cases, self.counts = [], {}, collections.Counter()  # versions: moves for two persons
        self.decisions, self.certificates, self.handed_over = {}, {}, set()
        self.visited, self.status = set(), {}

    def label(self, body):
        return body.string(), body.string()

    def some(self, body, item):
        return item() if body.u8(1) else None

    def publish(self, body, _):
        text, texts = body.string, lambda: body.list(body.string)
        text(), self.label(body), body.signed(), body.varint(), text(), text(), texts()
        body.list(lambda: (text(), self.label(body), texts(), body.list(lambda: (text(), text()))))
        body.u8(1), body.list(lambda: (text(), text(), self.label(body)))
        body.list(lambda: (text(), text(), text(), text(), self.some(body, body.signed), texts()))
        texts()
        origins = {1: body.signed, 2: texts, 3: lambda: None}
        body.list(lambda: (text(), origins[body.u8(3)]()))
        body.list(lambda: (texts(), text()))
        self.versions.append(set(texts()))

    def nominate(self, body, _):
        text = body.string
        self.some(body, body.signed)

        def nomination():
            name, _, version, kind, _, _ = text(), text(), body.varint(), text(), text(), text()
            registrant, field = self.some(body, lambda: (text(), text())), self.some(body, text)
            body.list(text), body.u8(1), body.u8(1), body.list(lambda: (text(), text()))
            key = (kind, registrant[0] if registrant else kind, field or "")
            self.cases.setdefault(name, {"key": key, "state": "registered", "version": version, "proposal": None})

        body.list(nomination)

    def made(self, name, move, by, reason, document):
        """Whether a move is made, or only proposed by the first of two persons."""
        case = self.cases[name]
        person, asked = by.split("/", 1)[1], (move, reason, document)
        if move in self.versions[case["version"] - 1]:
            if not case["proposal"] or case["proposal"][0] != asked or case["proposal"][1] == person:
                case["proposal"] = asked, person
                return False
        case["proposal"], case["state"] = None, self.MOVES[move]
        return True

    def move(self, body, by):
        names, move, reason, document = body.list(body.string), body.string(), body.string(), body.string()
        for name in names:
            self.made(name, move, by, reason, document)

    def decide(self, body, _):
        name, _, self.decisions[name] = body.string(), body.string(), body.string()

    def recognise(self, body, by):
        names, decision, reason = body.list(body.string), body.string(), body.string()
        for name in names:
            if self.made(name, "recognise", by, reason, self.decisions[decision]):
                self.counts["recognised", decision] += 1

    def certify(self, body, _):
        names, decision = body.list(body.string), body.string()
        for name in names:
            self.certificates.setdefault((decision, name), len(self.certificates) + 1)

    def hand_over(self, body, _):
        self.handed_over.update(body.list(body.varint))

    def reprint(self, body, _):
        self.counts["reprints",] += 1

    def award(self, body, _):
        text = body.string
        self.some(body, body.signed)
        name, _, _, _, _, _ = text(), text(), text(), self.some(body, text), text(), text()
        body.signed(), body.varint(), text()

        def line():
            if body.u8(3) == 1:
                self.counts["awards", name, text()] += 1
                text(), text()
            else:
                self.counts["awards", name, "unsplit"] += body.varint()
                body.list(text)

        body.list(line)

    def team(self, body, _):
        self.counts["teams",] += 1

    def visit(self, body, _):
        _, _, unit = body.string(), body.string(), body.string()
        self.counts["visits",] += 1
        self.visited.add(unit)

    def set_status(self, body, _):
        name, year = body.string(), body.signed()
        self.status[name, year] = body.string()

    ACTS = {"publish": publish, "nominate": nominate, "move": move, "decide": decide, "recognise": recognise,
            "certify": certify, "hand-over": hand_over, "reprint": reprint, "award": award, "team": team,
            "visit": visit, "review": None, "review-done": None, "status": set_status}

    def take(self, name, data, by):
        if name not in self.ACTS:
            raise Breach(f"is the unknown act {name} of a campaign")
        body = Body(data)
        body.u8(1)
        if act := self.ACTS[name]:
            act(self, body, by)

    def lines(self):
        counts = collections.Counter(self.counts)
        for case in self.cases.values():
            counts["cases", *case["key"], case["state"]] += 1
        counts["certificates",], counts["handed-over",] = len(self.certificates), len(self.handed_over)
        counts["visited-units",] = len(self.visited)
        for (_, year), status in self.status.items():
            counts["status", year, status] += 1
        return [(*key, count) for key, count in counts.items() if count]


class NomineeVote:
    """A vote on the nominees of a campaign."""

    def __init__(self, body):
        _, _, method = body.varint(), body.string(), body.u8(7)
        most, _, has = body.varint() if method > 1 else 1, body.u8(3), body.u8(63)
        _ = [(body.string(), body.string()) for bit in (1, 2) if has & bit], has & 4 and body.varint()
        self.fewest = (body.blob(), body.varint())[1] if has & 16 else 0
        named = body.list(body.string) if body.u8(3) == 2 else []
        self.nominees = [name for name, _ in body.list(lambda: (body.string(), body.string()))]
        self.levels, self.allowed = most if method > 2 else None, len(self.nominees)
        if method == 2:
            self.allowed = min(most, self.allowed)
        self.entitled, self.voted = {hashlib.sha256(person.encode()).digest() for person in named}, set()
        self.closed, self.spoilt, self.sums, self.support = 0, 0, [0, 0, 0, 0], collections.Counter()

    def take(self, name, body, person):
        """What is done in it once it is open."""
        if name == "codes":
            self.entitled.update(body.list(body.blob))
        elif name == "vote":
            if self.fewest or (voter := hashlib.sha256(person.encode()).digest()) not in self.entitled - self.voted:
                raise Breach("votes for who may not, or again")
            self.voted.add(voter)
            self.count(1, self.marks(body))
        else:
            self.close(body)

    def close(self, body):
        outcome, _, spent = body.u8(3), body.string(), body.list(body.blob)
        ballots = body.list(lambda: (body.varint(), self.marks(body)))
        self.closed, self.spoilt = outcome, body.varint()
        few = len(spent) < self.fewest
        if spent != sorted(set(spent)) or not self.entitled.issuperset(spent) or outcome < 3 and few != (outcome == 2):
            raise Breach("closes a vote in which others voted than might")
        if self.spoilt + sum(times for times, _ in ballots) != (len(spent) if outcome == 1 else 0):
            raise Breach("closes a vote with other ballots than were cast")
        for times, marks in ballots:
            self.count(times, marks)

    def marks(self, body):
        return body.list(lambda: (self.nominees[body.varint()], body.varint()))

    def count(self, times, marks):
        if any(not 1 <= level <= (self.levels or 1) for _, level in marks) or times < 1:
            raise Breach("counts what is no ballot")
        levels = collections.defaultdict(set)
        for nominee, level in marks:
            levels[nominee].add(level)
        valid = {nominee: min(given) for nominee, given in levels.items() if len(given) == 1}
        over = len(levels) - len(valid)
        if len(valid) > self.allowed:
            valid, over = {}, self.allowed
        for nominee, level in valid.items():
            self.support[nominee, 0] += times
            self.support[nominee, 1] += times * level
        for place, sum_ in enumerate((1, len(valid), over, self.allowed - len(valid) - over)):
            self.sums[place] += times * sum_

    def lines(self, name):
        if self.closed == 1:
            yield (name, "", *self.sums, self.spoilt)
            yield from ((name, nominee, self.support[nominee, 0], self.support[nominee, 1]) for nominee in self.nominees)
