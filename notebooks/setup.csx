// The first cell of every lab is #load "setup.csx". A global using reaches the cells that follow; an ordinary one would end with this file.
#r "../artifacts/bin/PeftLabs/release/PeftLabs.dll"
global using System;
global using System.Collections.Generic;
global using System.IO;
global using System.Linq;
global using System.Threading.Tasks;
global using PeftLabs.Adapters;
global using PeftLabs.Formats;
global using PeftLabs.Labs;
global using PeftLabs.Memory;
global using PeftLabs.Memory.Profiling;
global using PeftLabs.Models;
global using PeftLabs.Planning;
global using PeftLabs.Planning.Advice;
global using PeftLabs.Plotting;
global using PeftLabs.Quantization;
global using PeftLabs.Quantization.Streaming;
global using PeftLabs.Tokenization;
global using PeftLabs.Training;
