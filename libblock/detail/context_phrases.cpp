#include "libblock/detail/context_phrases.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "libblock/detail/context_labels.hpp"
#include "libblock/detail/word_list.hpp"

namespace libblock::detail {
namespace {

constexpr std::size_t npos = std::string_view::npos;
constexpr std::size_t longest_clause = 128;

constexpr std::array<std::string_view, 2> joints{" of ", " for "};
constexpr std::array<std::string_view, 4> verbs{" is", " are", " was", " equals"};
constexpr std::array<std::string_view, 4> articles{"the ", "an ", "a ", "its "};

/// Dashes and signs of comments.
constexpr std::array<std::string_view, 6> dashes{"-", "\u2013", "\u2014", "#", "//", ";"};

/// Whether a clause ends at `at`.
bool ends_clause(std::string_view text, std::size_t at) noexcept {
    constexpr std::string_view marks = ",;()[]|\t\"<>\r\n";
    constexpr std::string_view marks_before_blanks = ".:";
    if (is_one_of(text[at], marks)) return true;
    const bool last = at + 1 == text.size() || is_blank(text[at + 1]) ||
                      line_break_at(text, at + 1) > 0 || text[at + 1] == '<';
    return last && is_one_of(text[at], marks_before_blanks);
}

/// The first place of a word that says whose digest something is; npos if there is none.
std::size_t find_joint(std::string_view words, std::size_t from) noexcept {
    return std::min(words.find(joints[0], from), words.find(joints[1], from));
}

/// What a thing is that the digest is of, if it may be a certificate: no file is.
LabelWords words_of_thing(std::string_view thing) noexcept {
    const bool file = find_one_of(thing, "./\\`") < thing.size();
    return LabelWords(file ? std::string_view("file") : thing.substr(0, longest_label));
}

/// What `head`, a part of `text`, says that names a digest at its end and is of `thing`; if `whole`
/// only if all its words do.
Label label_of_phrase(std::string_view head, std::string_view thing, bool whole) {
    const LabelWords words(head);
    const NamedDigest named = named_digest(words, words_of_thing(thing));
    if (named.says == DigestLabel::None || (whole && named.first > 0)) return {};
    std::string_view label =
        head.substr(static_cast<std::size_t>(words[named.first].data() - head.data()));
    while (!label.empty() && is_blank(label.back())) label.remove_suffix(1);
    if (label.size() > longest_label || !is_plain(label)) return {};
    return {std::string(label), named.says};
}

std::string_view without_article(std::string_view words) noexcept {
    words.remove_prefix(skip_blanks(words, 0));
    for (const std::string_view article : articles) {
        if (begins_with(words, 0, article)) return words.substr(article.size());
    }
    return words;
}

/// Whether words begin like a label, so that most others are told apart at once.
bool begin_like_label(std::string_view words) noexcept {
    constexpr auto first_words =
        "sha hash hashes digest checksum sum thumbprint thumbprints fingerprint fingerprints "
        "authenti authentihash authentihashes authenticode pe certificate certificates cert certs "
        "code signing signer issuer leaf root intermediate ca tls ssl x public spki tbs hex value "
        "blake keccak sm streebog gost skein shake groestl hmac ripemd"_words;
    const auto* const end = std::find_if_not(words.begin(), words.end(), is_letter);
    return first_words.has(words.substr(0, static_cast<std::size_t>(end - words.begin())));
}

/// What a phrase says that all of `words` are.
Label label_of_words(std::string_view words) {
    words = without_article(words);
    if (!begin_like_label(words)) return {};
    const std::size_t joint = find_joint(words, 0);
    const std::string_view thing =
        joint == npos ? std::string_view() : words.substr(joint + std::strlen(" of"));
    return label_of_phrase(words.substr(0, joint), thing, true);
}

/// Where a name of a file ends that begins at `at`; `at` if there is none.
std::size_t end_of_name(std::string_view text, Slice where) noexcept {
    constexpr std::string_view marks = "\"'`*_";
    const std::string_view head = text.substr(0, where.end);
    const std::size_t end = std::min(find_one_of(head, " \t(,;|<", where.begin), where.end);
    Slice name{std::min(skip_all_of(head, marks, where.begin), end), end};
    while (name.size() > 0 && is_one_of(text[name.end - 1], marks)) --name.end;
    return has_known_extension(name.of(text)) ? end : where.begin;
}

/// Bytes of the dash at the head of `words`, with the blank before and behind it; 0 if none is.
std::size_t dash_at(std::string_view text, Slice words) noexcept {
    const std::string_view rest = words.of(text);
    if (words.begin == 0 || !is_blank(text[words.begin - 1])) return 0;
    for (const std::string_view dash : dashes) {
        const bool apart = rest.size() > dash.size() && is_blank(rest[dash.size()]);
        if (apart && rest.starts_with(dash)) return dash.size() + 1;
    }
    return 0;
}

/// Bytes of the mark or verb at the head of `words` behind which a phrase can stand.
std::size_t mark_at(std::string_view text, Slice words) noexcept {
    const std::string_view rest = words.of(text);
    for (const std::string_view pair : {"()", "[]"}) {
        if (rest.starts_with(pair[0])) return rest.find(pair[1]) == npos ? 0 : 1;
    }
    for (const std::string_view verb : verbs) {
        const std::string_view word = verb.substr(1);
        if (rest.starts_with(word) && rest.substr(word.size()).starts_with(' ')) return word.size();
    }
    return dash_at(text, words);
}

/// The words of a phrase behind the mark or verb that `words` begin with, up to the end of its
/// clause; empty if nothing ends it or there is no such mark. `text` goes on behind them.
std::string_view phrase_behind(std::string_view text, Slice words) noexcept {
    const std::size_t mark = mark_at(text, words);
    if (mark == 0) return {};
    std::size_t end = words.begin + mark;
    while (end < words.end && !ends_clause(text, end)) ++end;
    const bool ends = end == text.size() || (ends_clause(text, end) && text[end] != ':');
    return ends ? Slice{words.begin + mark, end}.of(text) : std::string_view();
}

}  // namespace

Label label_in_clause(std::string_view text, Slice before) {
    const auto* const verb = std::ranges::find_if(
        verbs, [&](std::string_view word) { return before.of(text).ends_with(word); });
    if (verb == verbs.end()) return {};
    const std::size_t end = before.end - verb->size();
    const std::size_t floor = end - std::min(end - before.begin, longest_clause);
    std::size_t begin = end;
    while (begin > floor && !ends_clause(text, begin - 1)) --begin;
    const std::string_view clause = Slice{begin, end}.of(text);
    Label label;
    for (std::size_t joint = find_joint(clause, 0); joint != npos;
         joint = find_joint(clause, joint + 1)) {
        const std::string_view thing = clause.substr(joint + std::strlen(" of"));
        label = label_of_phrase(clause.substr(0, joint), thing, false);
        if (label.says != DigestLabel::None) break;
    }
    if (find_joint(clause, 0) == npos) label = label_of_phrase(clause, {}, false);
    label.marked = *verb == " are";  // others may follow
    return label;
}

Label label_behind(std::string_view text, Slice after) {
    constexpr std::string_view closers = "\"'`*_ \t";
    constexpr std::string_view heads = "([-#/;iawe\xe2";
    const std::string_view head = text.substr(0, after.end);
    Slice words{skip_all_of(head, closers, after.begin), after.end};
    if (words.size() == 0) return {};
    const char first = text[words.begin];
    if (is_ascii(first) && !is_word(first) && !is_one_of(first, heads)) return {};
    const Slice rest{words.begin + dash_at(text, words), words.end};
    const std::size_t name = end_of_name(text, rest);
    if (name > rest.begin) words.begin = skip_all_of(head, closers, name);
    if (words.size() == 0 || !is_one_of(text[words.begin], heads)) return {};
    return label_of_words(phrase_behind(text, words));
}

Label label_in_brackets(std::string_view text, Slice before) {
    while (before.size() > 0 && is_blank(text[before.end - 1])) --before.end;
    const std::string_view words = before.of(text);
    if (!words.ends_with(']') || words.size() > longest_clause) return {};
    const std::size_t open = words.rfind('[');
    if (open == npos || skip_all_of(words, " \t>-*+") != open) return {};
    return label_of_words(words.substr(open + 1, words.size() - open - 2));
}

}  // namespace libblock::detail
