#pragma once

#include <compare>
#include <cstddef>
#include <iterator>
#include <utility>

namespace libblock {

/// Iterates a sequence that keeps its values in compact form and makes each as it is asked for.
/// Valid as long as the sequence is not changed.
template <typename Sequence>
class ValueIterator {
public:
    using iterator_concept = std::random_access_iterator_tag;
    using iterator_category = std::input_iterator_tag;  // it gives values, not references
    using value_type = typename Sequence::value_type;
    using difference_type = std::ptrdiff_t;
    using reference = value_type;
    using pointer = void;

    ValueIterator() = default;
    ValueIterator(const Sequence& sequence, std::size_t index) noexcept
        : sequence_(&sequence), index_(static_cast<difference_type>(index)) {}

    reference operator*() const { return (*this)[0]; }
    reference operator[](difference_type offset) const {
        return (*sequence_)[static_cast<std::size_t>(index_ + offset)];
    }

    ValueIterator& operator+=(difference_type count) noexcept {
        index_ += count;
        return *this;
    }
    ValueIterator& operator-=(difference_type count) noexcept { return *this += -count; }
    ValueIterator& operator++() noexcept { return *this += 1; }
    ValueIterator& operator--() noexcept { return *this -= 1; }
    ValueIterator operator++(int) noexcept { return std::exchange(*this, *this + 1); }
    ValueIterator operator--(int) noexcept { return std::exchange(*this, *this - 1); }

    friend ValueIterator operator+(ValueIterator it, difference_type count) noexcept {
        return it += count;
    }
    friend ValueIterator operator+(difference_type count, ValueIterator it) noexcept {
        return it += count;
    }
    friend ValueIterator operator-(ValueIterator it, difference_type count) noexcept {
        return it -= count;
    }
    friend difference_type operator-(ValueIterator left, ValueIterator right) noexcept {
        return left.index_ - right.index_;
    }
    friend bool operator==(ValueIterator left, ValueIterator right) noexcept {
        return left.index_ == right.index_;
    }
    friend auto operator<=>(ValueIterator left, ValueIterator right) noexcept {
        return left.index_ <=> right.index_;
    }

private:
    const Sequence* sequence_ = nullptr;
    difference_type index_ = 0;
};

}  // namespace libblock
