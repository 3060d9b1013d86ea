"""IBM Watson (watsonx.ai Runtime): the classifier asked over REST, and the model taken there. Knows no settings.

`rest` is the only file that knows ibm-cloud-sdk-core, `deployment` the only one that knows ibm-watsonx-ai, which is
large and not needed to read.
"""
