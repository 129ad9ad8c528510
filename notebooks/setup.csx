// The first cell of every lab is #load "setup.csx". A global using reaches the cells that follow; an ordinary one would end with this file.
#r "../artifacts/bin/PeftLabs/release/PeftLabs.dll"
global using PeftLabs.Plotting;
