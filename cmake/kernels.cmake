# Which kernels of extraction to compile, by the compiler's target; which of them to run is chosen
# when the program runs.
include(CheckCXXSourceCompiles)
check_cxx_source_compiles(
  "#if !defined(__GNUC__) || !defined(__x86_64__)
   #error
   #endif
   int main() {}"
  LIBBLOCK_HAS_X86_KERNELS)
check_cxx_source_compiles(
  "#if !defined(__GNUC__) || !defined(__aarch64__) || defined(__AARCH64EB__)
   #error
   #endif
   int main() {}"
  LIBBLOCK_HAS_NEON_KERNEL)

set(LIBBLOCK_KERNELS)
if(LIBBLOCK_HAS_X86_KERNELS)
  list(APPEND LIBBLOCK_KERNELS ${LIBBLOCK_X86_KERNELS})
endif()
if(LIBBLOCK_HAS_NEON_KERNEL)
  list(APPEND LIBBLOCK_KERNELS ${LIBBLOCK_NEON_KERNELS})
endif()

# Gives each kernel of a target its instruction set. They are always optimised: that makes debug
# builds of what reads gigabytes usable, and nothing of the standard library is left as a function of
# its own that the linker could take for processors without that instruction set.
function(libblock_kernel_options target)
  if(MSVC)
    return()
  endif()
  # No vector passes between translation units, so that no ABI matters.
  set(sse4 -mssse3 -msse4.1 -mpopcnt)
  set(avx2 ${sse4} -mavx2 -mbmi -mbmi2)
  # GCC 12 warns of its own header: https://gcc.gnu.org/bugzilla/show_bug.cgi?id=105593
  set(avx512 ${avx2} -mavx512f -mavx512bw -mavx512vl -mavx512vbmi -mavx512vbmi2 -mavx512vpopcntdq -mgfni
             $<$<CXX_COMPILER_ID:GNU>:-Wno-uninitialized;-Wno-maybe-uninitialized>)
  foreach(kernel IN ITEMS scan_kernel_portable ${LIBBLOCK_KERNELS})
    string(REPLACE scan_kernel_ "" set ${kernel})
    set_source_files_properties(detail/${kernel}.cpp TARGET_DIRECTORY ${target}
                                PROPERTIES COMPILE_OPTIONS "-O3;-Wno-psabi;${${set}}")
  endforeach()
  # Two words that have just been written are not to be read as one vector: the processor waits.
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    set_source_files_properties(
      detail/collector.cpp detail/finder.cpp detail/scan_pieces.cpp detail/scan_spots.cpp
      TARGET_DIRECTORY ${target} PROPERTIES COMPILE_OPTIONS -fno-tree-slp-vectorize)
  endif()
  set_source_files_properties(
    detail/scan_kernel.cpp TARGET_DIRECTORY ${target}
    PROPERTIES
      COMPILE_DEFINITIONS
      "LIBBLOCK_X86_KERNELS=$<BOOL:${LIBBLOCK_HAS_X86_KERNELS}>;LIBBLOCK_NEON_KERNEL=$<BOOL:${LIBBLOCK_HAS_NEON_KERNEL}>"
  )
endfunction()
