"""IBM Watson (watsonx.ai Runtime): the classifier over REST, and deployment of its model.

`deployment` needs ibm-watsonx-ai, which is large; `rest` needs ibm-cloud-sdk-core only.
"""
