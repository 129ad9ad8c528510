#!/usr/bin/env bash
# Builds the shim: build.sh INCLUDE_FOLDER LIBRARY_FOLDER OUTPUT. Called by TorchSharp.csproj.
set -euo pipefail
include=$1 lib=$2 output=$3
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
compiler=${CXX:-g++}
command -v "$compiler" > /dev/null || { echo "error: $compiler is not installed: it compiles the binding to libtorch" >&2; exit 1; }

# PyTorch's older wheels use the old layout of std::string: the name of a constructor in libc10 tells.
abi=0
grep -q '_ZN3c105ErrorC[12]ENS_14SourceLocationENSt7__cxx1112basic_string' "$lib/libc10.so" && abi=1

flags=(-std=c++17 -O1 -fPIC -fvisibility=hidden -D_GLIBCXX_USE_CXX11_ABI=$abi -I"$include" -I"$include/torch/csrc/api/include")
mkdir -p "$(dirname "$output")"
objects=() jobs=()
for source in operators tensors autograd; do
    object=$(dirname "$output")/$source.o
    "$compiler" "${flags[@]}" -c "$here/$source.cpp" -o "$object" &
    jobs+=($!) objects+=("$object")
done
for job in "${jobs[@]}"; do wait "$job"; done

# torch_cuda registers the CUDA kernels when it is loaded, though nothing here names one.
libraries=(-ltorch -ltorch_cpu -lc10)
[ -e "$lib/libtorch_cuda.so" ] && libraries+=(-ltorch_cuda -lc10_cuda)
"$compiler" -shared -s -o "$output" "${objects[@]}" -L"$lib" -Wl,-rpath,"$lib" -Wl,--no-as-needed "${libraries[@]}" -ldl
