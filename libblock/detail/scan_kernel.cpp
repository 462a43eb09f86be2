#include "libblock/detail/scan_kernel.hpp"

#include <array>

#include "libblock/detail/scan_kernel_loops.hpp"

namespace libblock::detail {
namespace {

struct Kernels {
    std::array<const ScanKernel*, 4> list{};
    std::size_t count = 0;

    void add(const ScanKernel& kernel) noexcept { list[count++] = &kernel; }
};

Kernels supported_kernels() noexcept {
    Kernels kernels;
#if LIBBLOCK_X86_KERNELS
    __builtin_cpu_init();
    const bool sse4 = __builtin_cpu_supports("ssse3") && __builtin_cpu_supports("sse4.1") &&
                      __builtin_cpu_supports("popcnt");
    const bool avx2 = sse4 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
                      __builtin_cpu_supports("bmi2");
    const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") &&
                        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
                        __builtin_cpu_supports("avx512vbmi") &&
                        __builtin_cpu_supports("avx512vbmi2") &&
                        __builtin_cpu_supports("avx512vpopcntdq") && __builtin_cpu_supports("gfni");
    if (avx512) kernels.add(scan_kernel_avx512);
    if (avx2) kernels.add(scan_kernel_avx2);
    if (sse4) kernels.add(scan_kernel_sse4);
#elif LIBBLOCK_NEON_KERNEL
    kernels.add(scan_kernel_neon);  // part of every AArch64
#endif
    kernels.add(scan_kernel_portable);
    return kernels;
}

}  // namespace

std::span<const ScanKernel* const> scan_kernels() noexcept {
    static const Kernels kernels = supported_kernels();
    return {kernels.list.data(), kernels.count};
}

}  // namespace libblock::detail
