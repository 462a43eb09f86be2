# Gives a target of ours our warnings; they are errors only if LIBBLOCK_WARNINGS_AS_ERRORS is on.
function(libblock_warnings target)
  if(MSVC)
    target_compile_options(${target} PRIVATE /W4 /permissive- /utf-8)
  else()
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion)
  endif()
  # False for strings that are added up: https://gcc.gnu.org/bugzilla/show_bug.cgi?id=105329
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    target_compile_options(${target} PRIVATE -Wno-restrict)
  endif()
  set_target_properties(${target} PROPERTIES COMPILE_WARNING_AS_ERROR
                                             ${LIBBLOCK_WARNINGS_AS_ERRORS})
endfunction()
